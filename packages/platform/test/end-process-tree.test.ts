import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { createSystemClock } from "../src/clock.ts";
import {
  createProcessTable,
  endProcessTree,
  findMarkedProcesses,
  type ManagedProcess,
  type ProcessMarker,
  spawnProcess,
  sweepMarked,
} from "../src/process/index.ts";

const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}.mjs`, import.meta.url));
const clock = createSystemClock();
const table = createProcessTable();
const markers: ProcessMarker[] = [];

afterEach(async () => {
  for (const marker of markers.splice(0)) await sweepMarked(marker);
});

function isAlive(pid: number): boolean {
  return table.list().some((entry) => entry.pid === pid && !entry.isZombie);
}

/** Starts a fixture and waits for its first line on stdout. */
async function start(
  name: string,
  args: string[] = [],
): Promise<{ child: ManagedProcess; line: string; marker: ProcessMarker }> {
  const marker = { name: "STEWARD_PLATFORM_TEST", value: randomUUID() };
  markers.push(marker);
  let onLine: (text: string) => void = () => undefined;
  const first = new Promise<string>((resolve) => {
    onLine = resolve;
  });
  let out = "";
  const result = await spawnProcess({
    command: process.execPath,
    args: [fixture(name), ...args],
    env: { [marker.name]: marker.value },
    onStdout: (chunk) => {
      out += chunk.toString();
      if (out.includes("\n")) onLine(out.split("\n")[0] ?? "");
    },
  });
  if (!result.ok) throw result.error;
  return { child: result.process, line: await first, marker };
}

describe("endProcessTree", () => {
  test("closes stdin first and goes no further when that is enough", async () => {
    const marker = { name: "STEWARD_PLATFORM_TEST", value: randomUUID() };
    const spawned = await spawnProcess({
      command: process.execPath,
      args: [fixture("read-to-end")],
      env: { [marker.name]: marker.value },
    });
    if (!spawned.ok) throw spawned.error;
    const result = await endProcessTree(
      spawned.process,
      { inputEndMs: 20_000, terminateMs: 1, killMs: 1 },
      { marker },
    );
    expect(result).toEqual({
      exit: { code: 0, signal: null },
      endedBy: "input_end",
      swept: 0,
      survivors: [],
    });
  });

  test("goes on to SIGTERM when stdin means nothing to the process", async () => {
    const { child, marker } = await start("wait");
    const result = await endProcessTree(
      child,
      { inputEndMs: 50, terminateMs: 20_000, killMs: 1 },
      { marker },
    );
    expect(result).toMatchObject({ exit: { signal: "SIGTERM" }, endedBy: "terminate" });
  });

  test("kills what ignores SIGTERM: a signal that was sent is not an exit", async () => {
    const { child, marker } = await start("ignore-term");
    const result = await endProcessTree(
      child,
      { inputEndMs: 50, terminateMs: 50, killMs: 20_000 },
      { marker },
    );
    expect(result).toMatchObject({ exit: { signal: "SIGKILL" }, endedBy: "kill" });
  });

  test("says so when the process had gone already, and still sweeps what it left", async () => {
    const { child, line, marker } = await start("hold-stdout");
    await child.exited;
    const grandchild = Number(line);
    expect(isAlive(grandchild)).toBe(true);
    const result = await endProcessTree(child, undefined, { marker });
    expect(result).toMatchObject({ endedBy: "already", swept: 1, survivors: [] });
    expect(isAlive(grandchild)).toBe(false);
  });

  test("row 20: leaves no child, setsid child, orphan of a double fork or child without the marker", async () => {
    const { child, line, marker } = await start("family", ["child", "group", "orphan", "unmarked"]);
    const pids: number[] = JSON.parse(line);
    expect(pids).toHaveLength(4);
    expect(pids.map(isAlive)).toEqual([true, true, true, true]);
    const result = await endProcessTree(
      child,
      { inputEndMs: 50, terminateMs: 5_000, killMs: 5_000 },
      { marker },
    );
    expect(result.survivors).toEqual([]);
    expect(result.swept).toBe(4);
    expect(pids.map(isAlive)).toEqual([false, false, false, false]);
    expect(findMarkedProcesses(marker)).toEqual([]);
  });

  test("finds the same family again and again (20 trees)", async () => {
    for (let round = 0; round < 20; round++) {
      const { child, line, marker } = await start("family", ["group", "orphan"]);
      const pids: number[] = JSON.parse(line);
      await endProcessTree(child, { inputEndMs: 0, terminateMs: 5_000, killMs: 5_000 }, { marker });
      expect(pids.filter(isAlive)).toEqual([]);
    }
  }, 60_000);
});

describe("markers", () => {
  test("find processes by value or by name alone, never ourselves", async () => {
    const { child, marker } = await start("wait");
    expect(findMarkedProcesses(marker).map(({ pid }) => pid)).toEqual([child.pid]);
    expect(findMarkedProcesses({ name: marker.name })).toContainEqual(
      expect.objectContaining({ pid: child.pid, value: marker.value }),
    );
    expect(findMarkedProcesses({ name: "PATH" }).map(({ pid }) => pid)).not.toContain(process.pid);
    expect(findMarkedProcesses({ name: "PATH" }).map(({ pid }) => pid)).not.toContain(process.ppid);
  });

  test("row 20: a sweep catches a program that keeps forking away", async () => {
    const { child, marker } = await start("fork-chain");
    await expect.poll(() => findMarkedProcesses(marker).some(({ pid }) => pid !== child.pid)).toBe(true);
    const result = await sweepMarked(marker);
    expect(result.ended).toBeGreaterThan(0);
    expect(result.survivors).toEqual([]);
    // That nothing comes after it shows only in time.
    await clock.sleep(200);
    expect(findMarkedProcesses(marker)).toEqual([]);
  });

  test("a sweep without anything to do ends nothing", async () => {
    expect(await sweepMarked({ name: "STEWARD_PLATFORM_TEST", value: "nobody" })).toEqual({
      ended: 0,
      survivors: [],
    });
  });
});
