import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { isAbsolute, relative, sep } from "node:path";
import { type HeldDirectory, holdDirectory, UnsafePathError } from "@steward/platform/held-directory";
import { FileFetchError } from "./file-fetch-error.ts";

const READ_PLAIN = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Opens a file that a local Bot API server has put down, by the absolute path it names: only a plain file below `root`,
 * no step of the way a link. The caller closes it.
 *
 * @throws FileFetchError unsafe_place, gone
 */
export async function openLocalFile(
  root: string,
  path: string,
): Promise<{ handle: FileHandle; bytes: number }> {
  const inside = relative(root, path);
  const segments = inside.split(sep);
  if (inside === "" || isAbsolute(inside) || segments.includes("..")) throw unsafe();
  const name = segments.pop() ?? "";
  const folder = hold(root, segments);
  let handle: FileHandle | null = null;
  try {
    handle = await open(folder.entry(name), READ_PLAIN);
    const found = await handle.stat();
    if (!found.isFile()) throw unsafe();
    return { handle, bytes: found.size };
  } catch (error) {
    await handle?.close();
    throw asFetchError(error);
  } finally {
    folder.close();
  }
}

function hold(root: string, segments: readonly string[]): HeldDirectory {
  try {
    let held = holdDirectory(root);
    for (const segment of segments) {
      const outer = held;
      try {
        const inner = outer.inner(segment);
        if (inner === null) throw gone();
        held = inner;
      } finally {
        outer.close();
      }
    }
    return held;
  } catch (error) {
    throw asFetchError(error);
  }
}

function asFetchError(error: unknown): unknown {
  if (error instanceof FileFetchError) return error;
  if (error instanceof UnsafePathError || error instanceof TypeError) return unsafe();
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ELOOP" || code === "EMLINK" || code === "ENXIO") return unsafe();
  return code === "ENOENT" ? gone() : new FileFetchError("broken", `the file cannot be read: ${code}`);
}

// The server's paths hold the token: none of them is told.
const unsafe = () =>
  new FileFetchError("unsafe_place", "the server names a place that is no plain file of its directory");
const gone = () => new FileFetchError("gone", "the server's file is not there");
