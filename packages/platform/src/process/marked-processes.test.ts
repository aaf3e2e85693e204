import { describe, expect, test } from "vitest";
import { createFakeClock } from "../clock.ts";
import { findMarkedProcesses, sweepMarked } from "./marked-processes.ts";
import type { ProcessEntry, ProcessTable } from "./process-table.ts";

const MARKER = { name: "STEWARD_SESSION", value: "s1" };

interface FakeEntry extends ProcessEntry {
  marker?: string;
  inExec?: boolean;
}

function entry(pid: number, marker?: string, overrides: Partial<FakeEntry> = {}): FakeEntry {
  return { pid, parentPid: 1, groupId: pid, startedAt: `t${pid}`, isZombie: false, marker, ...overrides };
}

function tableOf(entries: FakeEntry[]): ProcessTable {
  return {
    list: () => entries,
    environmentValues: (pids) => {
      const asked = entries.filter(({ pid }) => pids.includes(pid));
      return {
        values: new Map(asked.flatMap(({ pid, marker }) => (marker === undefined ? [] : [[pid, marker]]))),
        unreadYet: asked.filter(({ inExec }) => inExec).map(({ pid }) => pid),
      };
    },
  };
}

describe("findMarkedProcesses", () => {
  test("leaves out zombies, other values, this process and its ancestors", () => {
    const table = tableOf([
      entry(10, "s1"),
      entry(11, "s2"),
      entry(12, "s1", { isZombie: true }),
      entry(process.pid, "s1", { parentPid: 20 }),
      entry(20, "s1", { parentPid: 21 }),
      entry(21, "s1", { parentPid: 1 }),
      entry(22, "s1", { parentPid: 21 }),
    ]);
    expect(findMarkedProcesses(MARKER, { table }).map(({ pid }) => pid)).toEqual([10, 22]);
    expect(findMarkedProcesses({ name: MARKER.name }, { table }).map(({ value }) => value)).toEqual([
      "s1",
      "s2",
      "s1",
    ]);
  });
});

describe("sweep", () => {
  test("stops everything before it kills anything", async () => {
    const entries = [entry(10, "s1"), entry(11, "s1")];
    const sent: string[] = [];
    const result = await sweepMarked(MARKER, {
      table: tableOf(entries),
      signal: (pid, signal) => {
        sent.push(`${signal} ${pid}`);
        if (signal === "SIGKILL")
          entries.splice(
            entries.findIndex((candidate) => candidate.pid === pid),
            1,
          );
      },
    });
    expect(sent).toEqual(["SIGSTOP 10", "SIGSTOP 11", "SIGKILL 10", "SIGKILL 11"]);
    expect(result).toEqual({ ended: 2, survivors: [] });
  });

  test("does not kill a stranger that has taken over the number", async () => {
    const entries = [entry(10, "s1")];
    const killed: number[] = [];
    await sweepMarked(MARKER, {
      table: tableOf(entries),
      signal: (pid, signal) => {
        if (signal === "SIGSTOP") entries[0] = entry(10, undefined, { startedAt: "later" });
        else killed.push(pid);
      },
    });
    expect(killed).toEqual([]);
  });

  test("waits for a process in the middle of execve, which shows its marker only then", async () => {
    const clock = createFakeClock();
    const starting = entry(10, undefined, { inExec: true });
    const entries = [starting];
    const sweeping = sweepMarked(MARKER, {
      table: tableOf(entries),
      signal: (_, signal) => {
        if (signal === "SIGKILL") entries.splice(0);
      },
      clock,
    });
    await clock.advance(20);
    Object.assign(starting, { inExec: false, marker: "s1" });
    await clock.advance(20);
    expect(await sweeping).toEqual({ ended: 1, survivors: [] });
  });

  test("does not wait for ever for one that stays there", async () => {
    const clock = createFakeClock();
    const sweeping = sweepMarked(MARKER, { table: tableOf([entry(10, undefined, { inExec: true })]), clock });
    await clock.advance(60_000);
    expect(await sweeping).toEqual({ ended: 0, survivors: [] });
  });

  test("names those that will not die instead of waiting for ever", async () => {
    const clock = createFakeClock();
    const sweeping = sweepMarked(MARKER, {
      table: tableOf([entry(10, "s1")]),
      signal: () => undefined,
      clock,
    });
    await clock.advance(60_000);
    expect(await sweeping).toEqual({ ended: 0, survivors: [10] });
  });

  test("a process of another user by now is a survivor, not an exception", async () => {
    const clock = createFakeClock();
    const signal = (): void => {
      throw Object.assign(new Error("kill EPERM"), { code: "EPERM" });
    };
    const sweeping = sweepMarked(MARKER, { table: tableOf([entry(10, "s1")]), signal, clock });
    await clock.advance(60_000);
    expect(await sweeping).toEqual({ ended: 0, survivors: [10] });
  });
});
