import { spawn } from "node:child_process";
import { describe, expect, onTestFinished, test } from "vitest";
import { createFakeClock } from "../clock.ts";
import { parseProcUsage, parsePsUsage, sampleTrees, type UsageEntry } from "./process-usage.ts";

const entry = (pid: number, parentPid: number, cpuMs: number, rssBytes: number): UsageEntry => ({
  pid,
  parentPid,
  cpuMs,
  rssBytes,
  isFirstInside: false,
});

describe("the trees of processes", () => {
  test("add up what the root and all its descendants take, over one moment", async () => {
    const clock = createFakeClock();
    const looks = [
      [entry(1, 0, 0, 1), entry(10, 1, 1_000, 100), entry(11, 10, 500, 50), entry(99, 1, 9_000, 9)],
      [
        entry(1, 0, 0, 1),
        entry(10, 1, 1_100, 110),
        entry(11, 10, 525, 60),
        entry(12, 11, 25, 30),
        entry(99, 1, 9_900, 9),
      ],
    ];
    const sampled = sampleTrees([10, 77], { clock, read: () => looks.shift() ?? [] });
    await clock.advance(250);
    expect(await sampled).toEqual(new Map([[10, { cpuPercent: 60, rssBytes: 200, processes: 3 }]]));
  });

  test("of a sandbox is rooted at its first process, which takes in what was left by its parent", async () => {
    const clock = createFakeClock();
    const init = { ...entry(20, 1, 0, 1), isFirstInside: true };
    const read = () => [entry(1, 0, 0, 1), init, entry(21, 20, 0, 100), entry(30, 20, 0, 1_000)];
    const sampled = sampleTrees([21], { clock, read });
    await clock.advance(250);
    expect(await sampled).toEqual(new Map([[21, { cpuPercent: 0, rssBytes: 1_101, processes: 3 }]]));
  });

  test("are looked at once when only their memory is wanted, and nothing else waits for that", async () => {
    let looks = 0;
    const read = () => {
      looks += 1;
      return [entry(10, 1, 1_000, 100), entry(11, 10, 500, 50)];
    };
    const sampled = await sampleTrees([10], { clock: createFakeClock(), read, withCpu: false });
    expect(sampled).toEqual(new Map([[10, { cpuPercent: 0, rssBytes: 150, processes: 2 }]]));
    expect(looks).toBe(1);
  });

  test("of nothing is read from nowhere", async () => {
    const read = () => {
      throw new Error("nobody should look");
    };
    expect(await sampleTrees([], { read })).toEqual(new Map());
  });

  test("are found on this machine: a child that works and one that sleeps", async () => {
    const parent = spawn(process.execPath, [
      "-e",
      'const c=require("child_process").spawn(process.execPath,["-e","console.log(1);for(;;);"],{stdio:["ignore","inherit","ignore"]});process.on("exit",()=>c.kill("SIGKILL"));process.stdin.on("data",()=>process.exit());',
    ]);
    onTestFinished(() => void parent.stdin.write("end\n"));
    await new Promise((resolve) => parent.stdout.once("data", resolve));
    const usage = (await sampleTrees([parent.pid ?? 0])).get(parent.pid ?? 0);
    expect(usage?.processes).toBe(2);
    expect(usage?.cpuPercent).toBeGreaterThan(5);
    expect(usage?.rssBytes).toBeGreaterThan(20 * 1_048_576);
  });
});

describe("what the systems print", () => {
  test("/proc: a command's name may hold anything", () => {
    const stat = `42 (a) b (c) S 7 42 42 0 -1 4194304 1 2 3 4 150 50 0 0 20 0 1 0 555 0 0`;
    expect(parseProcUsage(stat, "Name:\tx\nVmRSS:\t    2048 kB\n")).toEqual(entry(42, 7, 2_000, 2_097_152));
    expect(parseProcUsage(stat, "Name:\tkernel thread\n")?.rssBytes).toBe(0);
    expect(parseProcUsage("gone", "")).toBeUndefined();
    const isFirst = (numbers: string) => parseProcUsage(stat, `NSpid:\t${numbers}\nx\n`)?.isFirstInside;
    expect(["42", "1", "42\t1", "42\t7\t1", "42\t1\t7", "42\t11"].map(isFirst)).toEqual([
      ...[false, false, true, true, false, false],
    ]);
  });

  test("macOS ps: times with and without hours and days", () => {
    const text =
      "    1     0   1024   0:01.50\n  310     1  20480   1:02:03.04\n  311   310      8 2-00:00:01.00\n";
    expect(parsePsUsage(text)).toEqual([
      entry(1, 0, 1_500, 1_048_576),
      entry(310, 1, 3_723_040, 20_971_520),
      entry(311, 310, 172_801_000, 8_192),
    ]);
    expect(parsePsUsage("garbage\n")).toEqual([]);
  });
});
