import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Clock } from "../clock.ts";

/** A bound on how many processes live together, kept by the kernel. */
export interface ProcessLimit {
  /** Puts processes (and all they will start) under the bound. Best effort: one that cannot be moved stays unbounded. */
  admit(pids: readonly number[]): void;
  /** Call when they have gone. */
  release(): void;
}

const GROUP_PREFIX = "steward-";

/**
 * A control group of its own. `RLIMIT_NPROC` bounds an ordinary user inside a user namespace, but the kernel exempts
 * root's user id from it, so for root the bound has to be this one. `null` where we may not make one.
 */
export function createProcessLimit(
  id: string,
  maxProcesses: number,
  clock: Pick<Clock, "now">,
  root = "/sys/fs/cgroup",
): ProcessLimit | null {
  for (const parent of parents(root)) {
    const folder = join(parent, GROUP_PREFIX + id);
    try {
      removeLeftovers(parent, clock.now());
      mkdirSync(folder);
      writeFileSync(join(folder, "pids.max"), String(maxProcesses));
      return {
        admit: (pids) => {
          for (const pid of pids) admitOne(folder, pid);
        },
        release: () => removeGroup(folder),
      };
    } catch {
      // Not ours to make, or not a group that counts processes.
      removeGroup(folder);
    }
  }
  return null;
}

function admitOne(folder: string, pid: number): void {
  try {
    writeFileSync(join(folder, "cgroup.procs"), String(pid));
  } catch {
    // It has gone, or the group is not ours to fill: `ulimit` and the session's memory limit still hold.
  }
}

/** Our own group in the hierarchy that counts processes (version 1), or next to ours (version 2). */
function parents(root: string): string[] {
  const own = read("/proc/self/cgroup").split("\n");
  const v1 = own.find((line) => /^\d+:[^:]*\bpids\b[^:]*:/.test(line))?.replace(/^\d+:[^:]*:/, "");
  const v2 = own.find((line) => line.startsWith("0::"))?.slice(3);
  const candidates = [
    ...(v1 === undefined ? [] : [join(root, "pids", v1), join(root, "pids")]),
    ...(v2 === undefined ? [] : [join(root, v2), join(root, v2, ".."), root]),
  ];
  return candidates.filter((folder) => existsSync(join(folder, "cgroup.procs")));
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Not Linux: there are no groups.
    return "";
  }
}

const LEFT_AFTER_MS = 60_000;

/** Groups of a service that was killed. The kernel keeps those that somebody lives in, we those that are being moved into. */
function removeLeftovers(parent: string, now: number): void {
  for (const name of readdirSync(parent)) {
    if (!name.startsWith(GROUP_PREFIX)) continue;
    const folder = join(parent, name);
    const madeAt = statSync(folder, { throwIfNoEntry: false })?.mtimeMs;
    if (madeAt !== undefined && now - madeAt > LEFT_AFTER_MS) removeGroup(folder);
  }
}

function removeGroup(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Never made, or somebody still in it; the kernel keeps an empty group at the cost of a few bytes.
  }
}
