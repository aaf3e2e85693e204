import { createHash } from "node:crypto";
import { createWriteStream, fstatSync, type Stats } from "node:fs";
import { lstat, open, readdir, readlink } from "node:fs/promises";
import { dirname } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { type HeldDirectory, holdDirectory } from "@steward/platform/held-directory";
import type { Header, Pack } from "tar-stream";
import { READ_PLAIN } from "../files/file-folders.ts";
import type { ArchiveEntry, ArchiveRoot } from "./archive-entry.ts";

export interface PackedArchive {
  /** In the order in which they stand there: a directory before what is in it. */
  entries: ArchiveEntry[];
  bytes: number;
  sha256: string;
}

const PRIVATE_FILE = 0o600;
const PERMISSIONS = 0o777;

/**
 * Writes the roots into a new `tar.gz`, readable by its owner alone, and brings it safely to the disk. No symbolic link is
 * followed; sockets, pipes and devices hold nothing and are left out. Throws when a file changes while it is read.
 *
 * @param proceed asked before every entry; it throws to give up
 */
export const packArchive = async (
  path: string,
  roots: readonly ArchiveRoot[],
  proceed: () => void,
): Promise<PackedArchive> => {
  // Loaded when it is needed: archives are rare.
  const { pack: createPack } = await import("tar-stream");
  const tar = createPack();
  const entries: ArchiveEntry[] = [];
  const digest = createDigest();
  const written = pipeline(
    tar,
    createGzip(),
    digest.stream,
    createWriteStream(path, { flags: "wx", mode: PRIVATE_FILE }),
  );
  const packed = (async () => {
    for (const root of roots) {
      for await (const found of walk(root)) {
        proceed();
        entries.push(await addEntry(tar, found));
      }
    }
    tar.finalize();
  })().catch((error: unknown) => {
    tar.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  });
  // The first reason counts: a destroyed stream only tells that it was destroyed.
  const [filled, flushed] = await Promise.allSettled([packed, written]);
  if (filled.status === "rejected") throw filled.reason;
  if (flushed.status === "rejected") throw flushed.reason;
  await syncToDisk(path);
  return { entries, ...digest.result() };
};

/** What lies in the roots right now, without reading contents: to see whether anything has changed since. */
export const surveyRoots = async (roots: readonly ArchiveRoot[]): Promise<string[]> => {
  const lines: string[] = [];
  for (const root of roots) {
    for await (const { name, stats } of walk(root)) {
      lines.push(JSON.stringify([name, stats.mode, stats.size, stats.mtimeMs, stats.ino]));
    }
  }
  return lines;
};

/** Brings a file, or a change of a directory's names, safely to the disk. */
export const syncToDisk = async (path: string): Promise<void> => {
  for (const each of [path, dirname(path)]) {
    const handle = await open(each, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
};

/** Passes bytes on, counting and hashing them. */
export const createDigest = () => {
  const hash = createHash("sha256");
  let bytes = 0;
  return {
    stream: new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        bytes += chunk.length;
        done(null, chunk);
      },
    }),
    result: () => ({ bytes, sha256: hash.digest("hex") }),
  };
};

interface Found {
  name: string;
  /** By which to reach it until the next one is asked for. */
  path: string;
  stats: Stats;
}

/** Directories are held while they are walked: whoever puts a link in the place of one redirects nothing. */
async function* walk({ name, path }: ArchiveRoot): AsyncGenerator<Found> {
  const stats = await lstat(path);
  if (stats.isDirectory()) {
    const held = holdDirectory(path);
    try {
      yield* walkHeld(name, held);
    } finally {
      held.close();
    }
  } else if (stats.isFile() || stats.isSymbolicLink()) yield { name, path, stats };
}

async function* walkHeld(name: string, folder: HeldDirectory): AsyncGenerator<Found> {
  yield { name, path: folder.self(), stats: fstatSync(folder.fd) };
  for (const child of (await readdir(folder.self())).sort()) {
    const path = folder.entry(child);
    const stats = await lstat(path);
    const inner = stats.isDirectory() ? folder.inner(child) : null;
    if (inner !== null) {
      try {
        yield* walkHeld(`${name}/${child}`, inner);
      } finally {
        inner.close();
      }
    } else if (stats.isFile() || stats.isSymbolicLink()) yield { name: `${name}/${child}`, path, stats };
  }
}

const addEntry = async (tar: Pack, { name, path, stats }: Found): Promise<ArchiveEntry> => {
  const entry: ArchiveEntry = {
    name,
    type: stats.isDirectory() ? "directory" : stats.isSymbolicLink() ? "symlink" : "file",
    mode: stats.mode & PERMISSIONS,
    mtimeMs: Math.floor(stats.mtimeMs / 1_000) * 1_000,
    bytes: stats.isFile() ? stats.size : 0,
    sha256: null,
    target: null,
  };
  const headers: Partial<Header> & { name: string } = {
    name,
    type: entry.type,
    mode: entry.mode,
    mtime: new Date(entry.mtimeMs),
    size: entry.bytes,
  };
  if (entry.type === "file") return { ...entry, sha256: await addFile(tar, headers, path) };
  if (entry.type === "symlink") entry.target = headers.linkname = await readlink(path);
  await new Promise<void>((resolve, reject) => {
    tar.entry(headers, (error) => (error ? reject(error) : resolve()));
  });
  return entry;
};

const addFile = async (
  tar: Pack,
  headers: Partial<Header> & { name: string },
  path: string,
): Promise<string> => {
  const digest = createDigest();
  const source = await open(path, READ_PLAIN);
  if (!(await source.stat()).isFile()) {
    await source.close();
    throw new Error(`${headers.name} is no plain file any more`);
  }
  await new Promise<void>((resolve, reject) => {
    const sink = tar.entry(headers, (error) => (error ? reject(error) : resolve()));
    pipeline(source.createReadStream(), digest.stream, sink).catch(reject);
  });
  const { bytes, sha256 } = digest.result();
  if (bytes !== headers.size) throw new Error(`${headers.name} changed while it was read`);
  return sha256;
};
