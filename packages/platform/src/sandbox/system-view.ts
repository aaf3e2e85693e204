import { lstatSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** One thing put into the sandbox's file tree, which is empty to begin with. */
export type Mount =
  | { kind: "shown" | "writable"; path: string }
  | { kind: "empty"; path: string; mode?: string }
  /** Reads as an empty file. */
  | { kind: "nothing"; path: string }
  | { kind: "link"; path: string; target: string };

/** Programs, libraries and their settings. What is not named here is not there: homes, data, sockets, devices. */
const SYSTEM = [
  "/usr",
  "/bin",
  "/sbin",
  "/lib",
  "/lib32",
  "/lib64",
  "/libx32",
  "/etc",
  "/opt",
  "/nix/store",
  "/snap",
] as const;
const SCRATCH = ["/tmp", "/run", "/var"] as const;
const READABLE_BY_OTHERS = 0o004;
const WRITABLE_BY_ANYBODY = 0o222;
const MAX_DEPTH = 6;

/**
 * The system as a sandbox shows it, as it is now. Reading takes some 10 ms: see `createSystemView`.
 *
 * An agent of root's keeps root's user id, though none of its powers: what is root's by ownership alone would be open
 * to it. So what other users may not read in `/etc` is hidden, and what is writable in `/proc` besides the processes
 * (`/proc/sys` above all, which bubblewrap 0.8 leaves writable for root) is made read-only.
 */
export function readSystemView(root = "/"): Mount[] {
  const at = (path: string): string => join(root, path);
  const mounts: Mount[] = [];
  for (const path of SYSTEM) {
    const stats = lstatSync(at(path), { throwIfNoEntry: false });
    if (stats?.isSymbolicLink() === true) mounts.push({ kind: "link", path, target: readlinkSync(at(path)) });
    else if (stats?.isDirectory() === true) mounts.push({ kind: "shown", path });
  }
  for (const path of SCRATCH) mounts.push({ kind: "empty", path });
  mounts.push(...hidePrivate("/etc", at, MAX_DEPTH), ...closeProc(at("/proc")));
  return mounts;
}

function hidePrivate(folder: string, at: (path: string) => string, depth: number): Mount[] {
  return list(at(folder)).flatMap((name): Mount[] => {
    const path = join(folder, name);
    const stats = lstatSync(at(path), { throwIfNoEntry: false });
    if (stats === undefined || stats.isSymbolicLink()) return [];
    if ((stats.mode & READABLE_BY_OTHERS) !== 0) {
      return stats.isDirectory() && depth > 0 ? hidePrivate(path, at, depth - 1) : [];
    }
    return [stats.isDirectory() ? { kind: "empty", path } : { kind: "nothing", path }];
  });
}

function closeProc(proc: string): Mount[] {
  return list(proc).flatMap((name): Mount[] => {
    if (/^\d+$/.test(name)) return [];
    const stats = lstatSync(join(proc, name), { throwIfNoEntry: false });
    if (stats === undefined || stats.isSymbolicLink()) return [];
    const path = `/proc/${name}`;
    if (stats.isDirectory()) return [{ kind: "shown", path }];
    if (name === "kcore" || name === "keys") return [{ kind: "nothing", path }];
    return (stats.mode & WRITABLE_BY_ANYBODY) === 0 ? [] : [{ kind: "shown", path }];
  });
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // Not ours to read, so not the sandbox's either.
    return [];
  }
}
