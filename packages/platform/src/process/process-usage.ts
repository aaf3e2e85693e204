import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Clock, createSystemClock } from "../clock.ts";

/** What one process has used so far and holds now. */
export interface UsageEntry {
  pid: number;
  parentPid: number;
  /** Processor time since its start. */
  cpuMs: number;
  rssBytes: number;
  /** The first process of a process name space inside ours (a sandbox's): it takes in the orphans. */
  isFirstInside: boolean;
}

/** What a process and its descendants take. */
export interface TreeUsage {
  /** Of one processor, over the sampled moment; 0 when it was not asked for. */
  cpuPercent: number;
  /** Resident; pages that processes share count for each of them. */
  rssBytes: number;
  processes: number;
}

/** Two looks this far apart make a rate: long enough for ticks of 10 ms, short enough to wait for. */
const MOMENT_MS = 250;

type Read = () => UsageEntry[] | Promise<UsageEntry[]>;

/**
 * Samples what each process and everything it has started take now. With `withCpu` (the default) that takes a quarter of a
 * second; without, it is one look. Other work goes on meanwhile: there may be hundreds of processes. Descendants are found by
 * parentage. Of a process in a sandbox all counts that lives there, whoever has started it and has gone; elsewhere one
 * whose parent has gone is not counted.
 */
export async function sampleTrees(
  roots: readonly number[],
  deps: { clock?: Clock; read?: Read; withCpu?: boolean } = {},
): Promise<Map<number, TreeUsage>> {
  if (roots.length === 0) return new Map();
  const clock = deps.clock ?? createSystemClock();
  const read = deps.read ?? readerFor(process.platform);
  const startedMs = clock.monotonicMs();
  const withCpu = deps.withCpu ?? true;
  const before = new Map(withCpu ? (await read()).map((entry) => [entry.pid, entry]) : []);
  if (withCpu) await clock.sleep(MOMENT_MS);
  const elapsedMs = clock.monotonicMs() - startedMs;
  const after = await read();
  const children = new Map<number, UsageEntry[]>();
  for (const entry of after) {
    children.set(entry.parentPid, [...(children.get(entry.parentPid) ?? []), entry]);
  }
  const byPid = new Map(after.map((entry) => [entry.pid, entry]));

  const usage = new Map<number, TreeUsage>();
  for (const pid of roots) {
    const root = byPid.get(pid);
    if (root === undefined) continue;
    const parent = byPid.get(root.parentPid);
    const tree = treeOf(parent?.isFirstInside === true ? parent : root, children);
    const cpuMs = tree.reduce((sum, entry) => {
      // One that started in between has used all of its time in between.
      return sum + Math.max(0, entry.cpuMs - (before.get(entry.pid)?.cpuMs ?? 0));
    }, 0);
    usage.set(pid, {
      cpuPercent: withCpu ? Math.round((cpuMs / elapsedMs) * 1_000) / 10 : 0,
      rssBytes: tree.reduce((sum, entry) => sum + entry.rssBytes, 0),
      processes: tree.length,
    });
  }
  return usage;
}

function treeOf(root: UsageEntry, children: Map<number, UsageEntry[]>): UsageEntry[] {
  const tree = [root];
  // Grows while it is walked.
  for (const entry of tree) tree.push(...(children.get(entry.pid) ?? []));
  return tree;
}

/** Linux reads `/proc`, everything else asks `ps`. */
function readerFor(platform: NodeJS.Platform): Read {
  if (platform === "linux") return () => readProc("/proc");
  return async () => {
    const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid=,rss=,time="], {
      encoding: "utf8",
      env: { LC_ALL: "C", PATH: "/bin:/usr/bin" },
      maxBuffer: 64 * 1_048_576,
      timeout: 5_000,
    });
    return parsePsUsage(stdout);
  };
}

/** proc_pid_stat(5) counts in USER_HZ, which is 100 on every Linux that Node runs on. */
const TICK_MS = 10;

async function readProc(root: string): Promise<UsageEntry[]> {
  const names = (await readdir(root)).filter((name) => /^\d+$/.test(name));
  const entries = await Promise.all(
    names.map(async (name) => {
      try {
        const stat = await readFile(join(root, name, "stat"), "utf8");
        return parseProcUsage(stat, await readFile(join(root, name, "status"), "utf8")) ?? [];
      } catch {
        // Processes end while we look at them.
        return [];
      }
    }),
  );
  return entries.flat();
}

/** Fields 4 (parent), 14 and 15 (time in user and kernel mode); `VmRSS` in kB, whatever the size of a page. */
export function parseProcUsage(stat: string, status: string): UsageEntry | undefined {
  const close = stat.lastIndexOf(")");
  const fields = stat.slice(close + 2).split(" ");
  const [, parentPid] = fields;
  const [user, kernel] = [fields[11], fields[12]];
  if (close === -1 || parentPid === undefined || user === undefined || kernel === undefined) return undefined;
  // A process of the kernel's, or one that has just ended, has none.
  const rssKb = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? "0";
  return {
    pid: Number.parseInt(stat, 10),
    parentPid: Number(parentPid),
    cpuMs: (Number(user) + Number(kernel)) * TICK_MS,
    rssBytes: Number(rssKb) * 1_024,
    // One number for each name space from ours inwards; in its own the first one is 1.
    isFirstInside: /^NSpid:\t\d+\t(?:\d+\t)*1$/m.test(status),
  };
}

/** macOS: `rss` in kB, `time` as `[[dd-]hh:]mm:ss.cc`. */
export function parsePsUsage(text: string): UsageEntry[] {
  return text.split("\n").flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)\s*$/.exec(line);
    if (match === null) return [];
    const [, pid, parentPid, rssKb, days = "0", hours = "0", minutes, seconds] = match;
    const cpuS = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
    return [
      {
        pid: Number(pid),
        parentPid: Number(parentPid),
        cpuMs: Math.round(cpuS * 1_000),
        rssBytes: Number(rssKb) * 1_024,
        isFirstInside: false,
      },
    ];
  });
}
