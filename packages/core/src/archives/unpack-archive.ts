import { createWriteStream } from "node:fs";
import { chmod, lstat, mkdir, readdir, readlink, rename, rm, rmdir, symlink, utimes } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ArchiveEntry, ArchiveRoot } from "./archive-entry.ts";
import { hashFile } from "./hash-file.ts";
import { readArchive } from "./read-archive.ts";

const PRIVATE_DIRECTORY = 0o700;
const PRIVATE_FILE = 0o600;

/**
 * Brings everything of an archive back to where it was, and overwrites nothing: what is there and different stays, and
 * the archived one is put beside it as `<name>.archived-<mark>`. Repeating it after any interruption comes to the same
 * end. It is unpacked into an empty directory first, links last, so that nothing is ever written through a link.
 *
 * @param roots where each root of the archive belongs
 * @param mark tells this archive's leftovers and doubles from others: letters and digits
 * @throws when the archive is damaged; then nothing has been brought back
 */
export const unpackArchive = async (
  path: string,
  roots: readonly ArchiveRoot[],
  options: { sha256: string; mark: string },
): Promise<void> => {
  const stages = new Map(
    roots.map((root) => [
      root.name,
      { ...root, stage: join(dirname(root.path), `.${basename(root.path)}.unpacking-${options.mark}`) },
    ]),
  );
  const clear = async (): Promise<void> => {
    for (const { stage } of stages.values()) await removeTree(stage);
  };
  await clear();
  try {
    const { sha256 } = await unpackInto((name) => {
      const [root = "", ...rest] = name.split("/");
      const stage = stages.get(root)?.stage;
      if (stage === undefined || rest.some((part) => part === "" || part === "." || part === "..")) {
        throw new Error(`an archive of Steward's holds no ${JSON.stringify(name)}`);
      }
      return join(stage, ...rest);
    }, path);
    if (sha256 !== options.sha256) throw new Error(`${path} was changed since it was made`);
    for (const { path: target, stage } of stages.values()) {
      if (await exists(stage)) await bringOver(stage, target, options.mark);
    }
  } finally {
    await clear();
  }
};

const unpackInto = async (placeOf: (name: string) => string, path: string) => {
  const directories: { path: string; entry: ArchiveEntry }[] = [];
  const links: { path: string; target: string }[] = [];
  const result = await readArchive(path, async (entry, content) => {
    const place = placeOf(entry.name);
    // There is no link in here yet: nothing leads out.
    await mkdir(dirname(place), { recursive: true, mode: PRIVATE_DIRECTORY });
    if (entry.type === "directory") {
      await mkdir(place, { recursive: true, mode: PRIVATE_DIRECTORY });
      directories.push({ path: place, entry });
    } else if (entry.type === "symlink") {
      links.push({ path: place, target: entry.target ?? "" });
    } else {
      await pipeline(Readable.from(content), createWriteStream(place, { flags: "wx", mode: PRIVATE_FILE }));
      await chmod(place, entry.mode);
      await utimes(place, entry.mtimeMs / 1_000, entry.mtimeMs / 1_000);
    }
  });
  for (const { path: place, target } of links) await symlink(target, place);
  // From the inside out, at last: a directory that may not be written could not be filled.
  for (const { path: place, entry } of directories.reverse()) {
    await utimes(place, entry.mtimeMs / 1_000, entry.mtimeMs / 1_000);
    await chmod(place, entry.mode);
  }
  return result;
};

/** Moves a tree to where it belongs, entry by entry where something is there already. */
const bringOver = async (from: string, to: string, mark: string): Promise<void> => {
  const here = await lstat(from);
  const there = await lstat(to).catch(orNull);
  if (there === null) {
    await mkdir(dirname(to), { recursive: true, mode: PRIVATE_DIRECTORY });
    // A directory that its owner may not write cannot be moved into another.
    if (here.isDirectory()) await chmod(from, PRIVATE_DIRECTORY);
    await rename(from, to);
    if (here.isDirectory()) await chmod(to, here.mode);
    return;
  }
  if (here.isDirectory() && there.isDirectory()) {
    await chmod(from, PRIVATE_DIRECTORY);
    for (const name of await readdir(from)) await bringOver(join(from, name), join(to, name), mark);
    await rmdir(from);
    return;
  }
  if (await isSame(from, to)) return await removeTree(from);
  await bringOver(from, `${to}.archived-${mark}`, mark);
};

const isSame = async (a: string, b: string): Promise<boolean> => {
  const [left, right] = await Promise.all([lstat(a), lstat(b)]);
  if (left.isSymbolicLink() && right.isSymbolicLink()) return (await readlink(a)) === (await readlink(b));
  if (!left.isFile() || !right.isFile() || left.size !== right.size) return false;
  return (await hashFile(a)) === (await hashFile(b));
};

const exists = async (path: string): Promise<boolean> => (await lstat(path).catch(orNull)) !== null;

/** Also what its owner may not write. Follows no link. */
export const removeTree = async (path: string): Promise<void> => {
  const stats = await lstat(path).catch(orNull);
  if (stats === null) return;
  if (stats.isDirectory()) {
    await chmod(path, PRIVATE_DIRECTORY);
    for (const name of await readdir(path)) await removeTree(join(path, name));
    await rmdir(path);
  } else await rm(path, { force: true });
};

const orNull = (error: NodeJS.ErrnoException): null => {
  if (error.code === "ENOENT") return null;
  throw error;
};
