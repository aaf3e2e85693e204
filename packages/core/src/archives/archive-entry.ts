/** One thing in an archive. Names are relative, with `/`, and begin with their root's name. */
export interface ArchiveEntry {
  name: string;
  type: "file" | "directory" | "symlink";
  /** Permission bits alone. */
  mode: number;
  /** Whole seconds, as ms. */
  mtimeMs: number;
  /** Of a file; else 0. */
  bytes: number;
  /** Hex, of a file's content; else null. */
  sha256: string | null;
  /** Of a symbolic link, as it is written; else null. */
  target: string | null;
}

/** A directory, or a file, of the disk and the name it has in an archive. */
export interface ArchiveRoot {
  name: string;
  path: string;
}

/** What must be equal for two entries to be the same thing. */
export const fingerprint = (entry: ArchiveEntry): string =>
  JSON.stringify([
    entry.name,
    entry.type,
    entry.mode,
    entry.mtimeMs,
    entry.bytes,
    entry.sha256,
    entry.target,
  ]);
