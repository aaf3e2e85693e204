import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { endProcessTree, findMarkedProcesses, spawnProcess, sweepMarked } from "../src/process/index.ts";

const TURNS = 200;
const AT_ONCE = 10;
const MARKER = "STEWARD_TEST_TREE";
/** What a tool may leave behind: a child, one in its own session, one whose parents are gone; each would live for long. */
const TOOL =
  'sleep 300 & setsid sleep 300 & (setsid sh -c "sleep 300 & exec sleep 300" &); echo up; exec cat';

/** A "CLI" with such a tool running; resolves when all of it stands. */
const startTree = async (value: string) => {
  let up: () => void = () => undefined;
  const standing = new Promise<void>((resolve) => {
    up = resolve;
  });
  const result = await spawnProcess({
    command: "/bin/sh",
    args: ["-c", TOOL],
    env: { PATH: process.env.PATH ?? "", [MARKER]: value },
    onStdout: () => up(),
  });
  if (!result.ok) throw result.error;
  await standing;
  return result.process;
};
const left = (value: string) => findMarkedProcesses({ name: MARKER, value });

/** Runs `work` for every number below TURNS, a few at a time. */
const inBatches = async (work: (turn: number) => Promise<void>): Promise<void> => {
  for (let first = 0; first < TURNS; first += AT_ONCE)
    await Promise.all(Array.from({ length: AT_ONCE }, (_, at) => work(first + at)));
};

test(`${TURNS} turns whose tools leave children in groups and sessions of their own: none is left when the turn has ended`, async () => {
  const survivors: number[] = [];
  await inBatches(async () => {
    const value = randomUUID();
    const child = await startTree(value);
    await endProcessTree(
      child,
      { inputEndMs: 0, terminateMs: 500, killMs: 2_000 },
      { marker: { name: MARKER, value } },
    );
    survivors.push(...left(value).map(({ pid }) => pid));
  });
  expect(survivors).toEqual([]);
}, 120_000);

test("what a killed service has left is ended by one sweep of its marker", async () => {
  const value = randomUUID();
  const children = await Promise.all(Array.from({ length: AT_ONCE }, () => startTree(value)));
  // As after a kill -9: nobody ends a tree, and the CLIs themselves are gone.
  for (const child of children) process.kill(child.pid, "SIGKILL");
  expect(left(value).length).toBeGreaterThanOrEqual(AT_ONCE * 2);
  const { ended, survivors } = await sweepMarked({ name: MARKER, value });
  expect(ended).toBeGreaterThanOrEqual(AT_ONCE * 2);
  expect(survivors).toEqual([]);
  expect(left(value)).toEqual([]);
}, 60_000);

test("row 20: a program in the middle of execve, where its environment cannot be read, is not missed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "steward-execs-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  // Replaces itself for ever: whoever looks finds it in the middle of that time and again.
  const restless = join(folder, "restless");
  writeFileSync(restless, '#!/bin/sh\nexec "$0"\n', { mode: 0o700 });
  for (let round = 0; round < 100; round++) {
    const value = randomUUID();
    const env = { PATH: process.env.PATH ?? "", [MARKER]: value };
    const child = spawn(restless, { env, stdio: "ignore" });
    const gone = once(child, "exit");
    const { ended } = await sweepMarked({ name: MARKER, value });
    if (ended === 0) child.kill("SIGKILL");
    expect(ended, `round ${round}`).toBe(1);
    await gone;
  }
}, 120_000);
