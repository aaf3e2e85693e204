import { lstatSync, opendirSync } from "node:fs";
import { type FileHandle, open, rename } from "node:fs/promises";
import type { HeldDirectory } from "@steward/platform/held-directory";
import { codeOf, FILE_FOLDERS, hashHandle, isMissing, READ_PLAIN } from "./file-folders.ts";
import { detectMediaType, MEDIA_HEAD_BYTES } from "./media-type.ts";
import type { OutgoingFile } from "./outgoing.ts";
import { storedFileName } from "./stored-name.ts";

/** What an entry of an outbox is to us. `nothing`: gone, hidden or empty. `not_plain`: a link, a folder, a FIFO … */
export type OutboxEntry =
  | { name: string; is: "ready" | "too_large"; bytes: number }
  | { name: string; is: "not_plain" | "nothing" };

/** Of a folder that somebody floods, no more than this is looked at. */
const MOST_ENTRIES = 1_000;

/** The names in a folder, sorted. */
export function namesIn(folder: HeldDirectory): string[] {
  const names: string[] = [];
  const entries = opendirSync(folder.self());
  try {
    for (let entry = entries.readSync(); entry && names.length < MOST_ENTRIES; entry = entries.readSync())
      names.push(entry.name);
  } finally {
    entries.closeSync();
  }
  return names.sort();
}

export function classifyEntry(folder: HeldDirectory, name: string, maxBytes: number): OutboxEntry {
  const found = lstatSync(folder.entry(name), { throwIfNoEntry: false });
  if (found === undefined || name.startsWith(".")) return { name, is: "nothing" };
  // One name, one file: what has a second name elsewhere may be anybody's.
  if (!found.isFile() || found.nlink !== 1) return { name, is: "not_plain" };
  if (found.size === 0) return { name, is: "nothing" };
  return { name, is: found.size <= maxBytes ? "ready" : "too_large", bytes: found.size };
}

/** Moves an entry into a folder, under a stored name that is free there. Answers that name; null when it has gone. */
export async function moveEntry(
  from: HeldDirectory,
  name: string,
  to: HeldDirectory,
  options: { now: number; distinction: () => string },
): Promise<string | null> {
  for (let distinction = ""; ; distinction = options.distinction()) {
    const stored = storedFileName(name, options.now, distinction);
    if (lstatSync(to.entry(stored), { throwIfNoEntry: false }) !== undefined) continue;
    try {
      await rename(from.entry(name), to.entry(stored));
      return stored;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }
}

/**
 * What lies in a folder under a stored name, as a file to send; null when it is not to be sent after all: it is still
 * being written, has a second name, is too large, or has gone.
 *
 * @param name what the agent called it
 */
export async function describeOutgoing(
  folder: HeldDirectory,
  stored: string,
  options: { id: string; name: string; maxBytes: number },
): Promise<OutgoingFile | null> {
  let handle: FileHandle;
  try {
    handle = await open(folder.entry(stored), READ_PLAIN);
  } catch (error) {
    if (["ENOENT", "ELOOP", "ENXIO", "EACCES"].includes(codeOf(error))) return null;
    throw error;
  }
  try {
    const before = await handle.stat();
    if (!before.isFile() || before.nlink !== 1 || before.size > options.maxBytes) return null;
    const sha256 = await hashHandle(handle);
    const head = Buffer.alloc(Math.min(MEDIA_HEAD_BYTES, before.size));
    await handle.read(head, 0, head.length, 0);
    const after = await handle.stat();
    if (after.size !== before.size || after.mtimeMs !== before.mtimeMs) return null;
    return {
      id: options.id,
      path: [...FILE_FOLDERS.out, stored].join("/"),
      originalName: options.name,
      mediaType: await detectMediaType(head),
      bytes: before.size,
      sha256,
    };
  } finally {
    await handle.close();
  }
}
