import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../clock.ts";
import { type Mount, readSystemView } from "./system-view.ts";

/** A file that is made private in place changes no directory: it is found by then at the latest. */
const FRESH_MS = 60_000;
const MAX_DEPTH = 7;

/**
 * The system view for each start. Files of `/etc` come and go with the packages they belong to: a private one that is
 * new must be hidden, and one that is gone must not be mounted over, or nothing starts any more. Both change their
 * directory, and looking at the directories takes a tenth of the time that reading everything does.
 */
export function createSystemView(clock: Clock, root = "/"): () => readonly Mount[] {
  let known: { view: readonly Mount[]; directories: ReadonlyMap<string, string>; readAtMs: number } | null =
    null;
  return () => {
    const now = clock.monotonicMs();
    if (known !== null && now - known.readAtMs < FRESH_MS && isUnchanged(known.directories)) {
      return known.view;
    }
    // First the stamps: what changes while the view is read is read again the next time.
    const directories = new Map<string, string>();
    stampDirectories(root, ["etc"], MAX_DEPTH, directories);
    known = { view: readSystemView(root), directories, readAtMs: now };
    return known.view;
  };
}

function isUnchanged(directories: ReadonlyMap<string, string>): boolean {
  for (const [path, stamp] of directories) if (stampOf(path) !== stamp) return false;
  return true;
}

function stampDirectories(
  folder: string,
  names: readonly string[],
  depth: number,
  into: Map<string, string>,
): void {
  for (const name of names) {
    const path = join(folder, name);
    into.set(path, stampOf(path));
    if (depth > 0) stampDirectories(path, listDirectories(path), depth - 1, into);
  }
}

function stampOf(path: string): string {
  const stats = lstatSync(path, { throwIfNoEntry: false, bigint: true });
  return stats === undefined ? "gone" : `${stats.ino}:${stats.ctimeNs}`;
}

function listDirectories(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [entry.name] : [],
    );
  } catch {
    // Not ours to read, so not the sandbox's either.
    return [];
  }
}
