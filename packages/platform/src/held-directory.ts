import { closeSync, constants, existsSync, fstatSync, lstatSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";

/** Something stands where a plain directory of ours was expected: a link, a file, or another directory than before. */
export class UnsafePathError extends Error {
  override readonly name = "UnsafePathError";
  readonly path: string;
  constructor(path: string, problem: string, cause?: unknown) {
    super(`${path} ${problem}`, cause === undefined ? undefined : { cause });
    this.path = path;
  }
}

/**
 * A directory that is held open, so that what is done in it is done in *it*: whoever renames it, or puts a link in its
 * place meanwhile, redirects nothing. Node has no `openat`; on Linux `/proc/self/fd/<n>/<name>` is one. Elsewhere the
 * path is used, and compared with the held directory each time.
 */
export interface HeldDirectory {
  /** Its path as it was opened: for messages and for the record. */
  readonly path: string;
  readonly fd: number;
  /**
   * The path by which to reach an entry. Open it with `O_NOFOLLOW`: the entry itself may still be a link.
   *
   * @throws TypeError when the name is not one path segment · UnsafePathError when the directory is not the held one
   */
  entry(name: string): string;
  /** The path by which to list it. Throws as `entry`. */
  self(): string;
  /** Holds a directory in it, made (0700) when it is missing. Throws UnsafePathError when it is a link or a file. */
  ensureInner(name: string): HeldDirectory;
  /** The same, but null when it is missing. */
  inner(name: string): HeldDirectory | null;
  close(): void;
}

const PRIVATE_DIRECTORY = 0o700;
const HAS_PROC = existsSync("/proc/self/fd");

/** Throws what `open` throws: ENOENT; UnsafePathError when the last segment is a link or no directory. */
export const holdDirectory = (path: string): HeldDirectory => hold(path, path);

function hold(reach: string, path: string): HeldDirectory {
  const fd = openPlain(reach, path);
  const { dev, ino } = fstatSync(fd);
  let open = true;

  const self = (): string => {
    if (!open) throw new TypeError(`${path} is not held any more`);
    if (HAS_PROC) return `/proc/self/fd/${fd}`;
    const now = lstatSync(path);
    if (now.dev !== dev || now.ino !== ino) throw new UnsafePathError(path, "was replaced meanwhile");
    return path;
  };
  const entry = (name: string): string => {
    if (name === "" || name === "." || name === ".." || /[/\0]/.test(name)) {
      throw new TypeError("the name of an entry must be one path segment");
    }
    return join(self(), name);
  };

  return {
    path,
    fd,
    entry,
    self,
    ensureInner: (name) => {
      try {
        mkdirSync(entry(name), { mode: PRIVATE_DIRECTORY });
      } catch (error) {
        if (codeOf(error) !== "EEXIST") throw error;
      }
      return hold(entry(name), join(path, name));
    },
    inner: (name) => {
      try {
        return hold(entry(name), join(path, name));
      } catch (error) {
        if (codeOf(error) === "ENOENT") return null;
        throw error;
      }
    },
    close: () => {
      if (!open) return;
      open = false;
      closeSync(fd);
    },
  };
}

function openPlain(reach: string, path: string): number {
  try {
    return openSync(reach, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  } catch (error) {
    const code = codeOf(error);
    // A link answers ELOOP, or ENOTDIR when a directory is asked for as well.
    if (code === "ELOOP" || code === "ENOTDIR" || code === "EMLINK") {
      throw new UnsafePathError(path, "is not a plain directory", error);
    }
    throw error;
  }
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error ? String(error.code) : undefined;
