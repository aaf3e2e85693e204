import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { freemem } from "node:os";
import { posix } from "node:path";

/** How much memory a new process could take without pushing others out: `{ freeMemoryBytes }`, or the fake. */
export interface FreeMemory {
  freeMemoryBytes(): number;
}

/** What the figure is read from; tests hand in their own machine. */
export interface MemorySource {
  platform: NodeJS.Platform;
  /** The file's text, or `undefined` when it cannot be read. */
  readText(path: string): string | undefined;
  /** The output of macOS's `vm_stat`. */
  vmStat(): string | undefined;
  /** The kernel's own idea of unused memory: the last resort, too low by all caches. */
  freeBytes(): number;
}

/** Says what it was last told. */
export function createFakeFreeMemory(bytes: number): FreeMemory & { set(bytes: number): void } {
  let current = bytes;
  return {
    freeMemoryBytes: () => current,
    set: (next) => {
      current = next;
    },
  };
}

/** Linux: `MemAvailable`, cut to what the tightest of our control groups (v1 or v2) leaves. macOS: from `vm_stat`. */
export function freeMemoryBytes(source: MemorySource = createSystemMemorySource()): number {
  if (source.platform === "linux") {
    const available = /^MemAvailable:\s+(\d+) kB$/m.exec(source.readText("/proc/meminfo") ?? "")?.[1];
    if (available !== undefined) return Math.min(Number(available) * 1_024, cgroupHeadroomBytes(source));
  }
  if (source.platform === "darwin") {
    const available = parseVmStat(source.vmStat() ?? "");
    if (available !== undefined) return available;
  }
  return source.freeBytes();
}

function createSystemMemorySource(): MemorySource {
  return {
    platform: process.platform,
    readText: (path) => {
      try {
        return readFileSync(path, "utf8");
      } catch {
        // Which of these files exist depends on the kernel and the container; absent ones set no limit.
        return undefined;
      }
    },
    vmStat: () => {
      try {
        return execFileSync("/usr/bin/vm_stat", { encoding: "utf8", timeout: 2_000 });
      } catch {
        // The caller falls back to the kernel's figure.
        return undefined;
      }
    },
    freeBytes: freemem,
  };
}

interface CgroupFiles {
  limit: string;
  usage: string;
  inactiveFile: RegExp;
}

const V2: CgroupFiles = {
  limit: "memory.max",
  usage: "memory.current",
  inactiveFile: /^inactive_file (\d+)$/m,
};
const V1: CgroupFiles = {
  limit: "memory.limit_in_bytes",
  usage: "memory.usage_in_bytes",
  inactiveFile: /^total_inactive_file (\d+)$/m,
};

/** Limits are inherited, so every group from ours up to the root counts. Infinity when none sets one. */
function cgroupHeadroomBytes(source: MemorySource): number {
  let headroom = Number.POSITIVE_INFINITY;
  for (const line of (source.readText("/proc/self/cgroup") ?? "").split("\n")) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) continue;
    if (controllers === "") headroom = Math.min(headroom, tightest(source, "/sys/fs/cgroup", path, V2));
    if (controllers.split(",").includes("memory")) {
      headroom = Math.min(headroom, tightest(source, "/sys/fs/cgroup/memory", path, V1));
    }
  }
  return headroom;
}

function tightest(source: MemorySource, mount: string, path: string, files: CgroupFiles): number {
  let headroom = Number.POSITIVE_INFINITY;
  // In a container the path may be the host's and not exist below our mount; the mount itself then is our group.
  for (let group = posix.join("/", path); ; group = posix.dirname(group)) {
    headroom = Math.min(headroom, groupHeadroom(source, posix.join(mount, group), files));
    if (group === "/") return headroom;
  }
}

function groupHeadroom(source: MemorySource, folder: string, files: CgroupFiles): number {
  // "max" (v2) and about 2^63 (v1) both mean no limit.
  const limit = Number(source.readText(posix.join(folder, files.limit))?.trim() ?? "max");
  const usage = Number(source.readText(posix.join(folder, files.usage))?.trim() ?? "none");
  if (!Number.isFinite(limit) || !Number.isFinite(usage)) return Number.POSITIVE_INFINITY;
  // Cached file pages nobody uses are charged to the group but given up first.
  const stat = source.readText(posix.join(folder, "memory.stat")) ?? "";
  const reclaimable = Number(files.inactiveFile.exec(stat)?.[1] ?? 0);
  return Math.max(limit - Math.max(usage - reclaimable, 0), 0);
}

/** Free + speculative + inactive pages; `undefined` when the text is not `vm_stat`'s. */
function parseVmStat(text: string): number | undefined {
  const pageBytes = /page size of (\d+) bytes/.exec(text)?.[1];
  const pages = ["free", "speculative", "inactive"].map(
    (kind) => new RegExp(`^Pages ${kind}:\\s+(\\d+)\\.$`, "m").exec(text)?.[1],
  );
  if (pageBytes === undefined || pages.some((count) => count === undefined)) return undefined;
  return pages.reduce((sum, count) => sum + Number(count), 0) * Number(pageBytes);
}
