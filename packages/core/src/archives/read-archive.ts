import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import type { Header } from "tar-stream";
import { type ArchiveEntry, fingerprint } from "./archive-entry.ts";
import { createDigest, type PackedArchive } from "./pack-archive.ts";

/** Gets an entry of an archive; a file's content as it is read. Must consume it. */
export type TakeEntry = (entry: ArchiveEntry, content: AsyncIterable<Buffer>) => Promise<void>;

/** Reads an archive to its end. Answers its size and digest; throws when it is damaged. */
export const readArchive = async (
  path: string,
  take: TakeEntry,
): Promise<Pick<PackedArchive, "bytes" | "sha256">> => {
  const digest = createDigest();
  // Loaded when it is needed: archives are rare.
  const { extract: createExtract } = await import("tar-stream");
  const extract = createExtract();
  const fed = pipeline(createReadStream(path), digest.stream, createGunzip(), extract);
  const taken = (async () => {
    for await (const stream of extract) {
      const content = stream as unknown as Readable & { header: Header };
      await take(entryOf(content.header), content);
      // What was not read would hold up the next one.
      content.resume();
    }
  })();
  const [read, handled] = await Promise.allSettled([fed, taken]);
  if (handled.status === "rejected") throw handled.reason;
  if (read.status === "rejected") throw read.reason;
  return digest.result();
};

/** Reads an archive back and throws unless every byte of what was packed is in it. */
export const verifyArchive = async (path: string, packed: PackedArchive): Promise<void> => {
  const found: string[] = [];
  const file = await readArchive(path, async (entry, content) => {
    const hash = createHash("sha256");
    for await (const chunk of content) hash.update(chunk);
    found.push(fingerprint({ ...entry, sha256: entry.type === "file" ? hash.digest("hex") : null }));
  });
  if (file.sha256 !== packed.sha256 || file.bytes !== packed.bytes) {
    throw new Error(`${path} is not on the disk as it was written`);
  }
  const expected = packed.entries.map(fingerprint);
  if (found.length !== expected.length || found.some((line, index) => line !== expected[index])) {
    throw new Error(`${path} does not hold what was packed`);
  }
};

const entryOf = ({ name, type, mode, mtime, size, linkname }: Header): ArchiveEntry => {
  if (type !== "file" && type !== "directory" && type !== "symlink") {
    throw new Error(`an archive of Steward's holds no ${String(type)}: ${name}`);
  }
  return {
    name: type === "directory" ? name.replace(/\/$/, "") : name,
    type,
    mode: mode ?? 0,
    mtimeMs: mtime?.getTime() ?? 0,
    bytes: type === "file" ? (size ?? 0) : 0,
    sha256: null,
    target: type === "symlink" ? (linkname ?? "") : null,
  };
};
