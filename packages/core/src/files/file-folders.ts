import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { basename, isAbsolute } from "node:path";
import { type HeldDirectory, holdDirectory, UnsafePathError } from "@steward/platform/held-directory";
import type { FileDirection } from "@steward/schema/enums";

/** Where files lie within a workspace. */
export const FILE_FOLDERS: Record<FileDirection, readonly string[]> = {
  in: ["files"],
  out: ["outbox", "sent"],
};

/** A file as far as it is needed to find it again and to know it for the same. */
export interface StoredFile {
  /** Absolute. */
  workspace: string;
  /** Relative to the workspace. */
  path: string;
  bytes: number;
  sha256: string;
}

/** What is recorded of a file's place, relative to its workspace, as the agent and people are told it. */
export const workspacePathOf = ({ direction, path }: { direction: FileDirection; path: string }): string =>
  // Rows of older versions name a place of the time when they were written.
  isAbsolute(path) ? [...FILE_FOLDERS[direction], basename(path)].join("/") : path;

/**
 * Holds a folder of a workspace, every step of the way a plain directory; made when `create` says so, else null when it
 * is missing. Throws UnsafePathError when a link or a file stands on the way: the agent may plant them.
 */
export function holdFolder(
  workspace: string,
  segments: readonly string[],
  { create }: { create: boolean },
): HeldDirectory | null {
  let held: HeldDirectory;
  try {
    held = holdDirectory(workspace);
  } catch (error) {
    if (!create && isMissing(error)) return null;
    throw error;
  }
  for (const segment of segments) {
    const outer = held;
    try {
      const inner = create ? outer.ensureInner(segment) : outer.inner(segment);
      if (inner === null) return null;
      held = inner;
    } finally {
      outer.close();
    }
  }
  return held;
}

/** Never through a link, and never waiting for the other end of a FIFO. */
export const READ_PLAIN = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** The folder a stored file lies in, held; null when it has gone. Throws UnsafePathError. */
export const holdHome = ({ workspace, path }: Pick<StoredFile, "workspace" | "path">): HeldDirectory | null =>
  holdFolder(workspace, path.split("/").slice(0, -1), { create: false });

/** The same; null also when something else stands in its place. */
function holdSafeHome(file: StoredFile): HeldDirectory | null {
  try {
    return holdHome(file);
  } catch (error) {
    if (error instanceof UnsafePathError) return null;
    throw error;
  }
}

/**
 * Opens a stored file for reading; null when it is not there any more, or not the same any more: the agent works in this
 * workspace too, and a link to somebody's secrets must not be read in its place. The caller closes it.
 */
export async function openStored(file: StoredFile): Promise<FileHandle | null> {
  const home = holdSafeHome(file);
  if (home === null) return null;
  let handle: FileHandle | null = null;
  try {
    handle = await open(home.entry(basename(file.path)), READ_PLAIN);
    if (await isSame(handle, file)) return handle;
  } catch (error) {
    if (!isUnreadable(error)) throw error;
  } finally {
    home.close();
  }
  await handle?.close();
  return null;
}

async function isSame(handle: FileHandle, { bytes, sha256 }: StoredFile): Promise<boolean> {
  const found = await handle.stat();
  return found.isFile() && found.size === bytes && (await hashHandle(handle)) === sha256;
}

/** SHA-256 of an open file from its start, as hex; its position does not move. */
export async function hashHandle(handle: FileHandle): Promise<string> {
  const hash = createHash("sha256");
  const buffer = Buffer.allocUnsafe(262_144);
  for (let position = 0; ; ) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return hash.digest("hex");
    hash.update(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
}

/** The whole of a small stored file, at once; null as with `openStored`. */
export function readStoredSync(file: StoredFile): Buffer | null {
  const home = holdSafeHome(file);
  if (home === null) return null;
  let fd: number | null = null;
  try {
    fd = openSync(home.entry(basename(file.path)), READ_PLAIN);
    const found = fstatSync(fd);
    if (!found.isFile() || found.size !== file.bytes) return null;
    const content = Buffer.alloc(file.bytes);
    if (readSync(fd, content, 0, content.length, 0) !== file.bytes) return null;
    return createHash("sha256").update(content).digest("hex") === file.sha256 ? content : null;
  } catch (error) {
    if (isUnreadable(error)) return null;
    throw error;
  } finally {
    if (fd !== null) closeSync(fd);
    home.close();
  }
}

export const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : "";
export const isMissing = (error: unknown): boolean => codeOf(error) === "ENOENT";
/** Gone, a link, a device without a driver, or closed to us. */
const isUnreadable = (error: unknown): boolean =>
  ["ENOENT", "ELOOP", "EMLINK", "ENXIO", "EACCES", "ENOTDIR"].includes(codeOf(error));
