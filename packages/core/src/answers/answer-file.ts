import { createHash, type Hash } from "node:crypto";
import { closeSync, constants, ftruncateSync, openSync, unlinkSync, writeSync } from "node:fs";
import type { HeldDirectory } from "@steward/platform/held-directory";
import { FILE_FOLDERS, holdFolder, isMissing } from "../files/file-folders.ts";

/** All that a turn has said, when that is more than a chat can be shown. Written as it comes; never held in memory. */
export interface AnswerFile {
  /** Below the workspace. */
  readonly relativePath: string;
  readonly bytes: number;
  /** Throws what the file system says. */
  append(text: string): void;
  /** What is written from here on may be taken back. */
  mark(): void;
  /** Takes back what was written after the last mark. */
  takeBack(): void;
  /** Nothing may be written any more. Answers the SHA-256 of the whole, in hex. */
  close(): string;
}

/** Opens the file of one turn. Throws what the file system says, UnsafePathError. */
export type OpenAnswerFile = (workspace: string, turnId: string) => AnswerFile;

const PRIVATE_FILE = 0o600;

/**
 * `files/answer-<turn>.md` in the workspace, made anew for another attempt. The agent may write in the workspace too: what
 * it has put in the place of the folder is not followed, and what bears the file's name already (a link, a FIFO, a second
 * name of another file) is unlinked and never opened.
 */
export const openAnswerFile: OpenAnswerFile = (workspace, turnId) => {
  const name = `answer-${turnId}.md`;
  const folder = holdFolder(workspace, FILE_FOLDERS.in, { create: true });
  if (folder === null) throw new Error(`${workspace} went away`);
  let fd: number;
  try {
    fd = openNew(folder, name);
  } finally {
    folder.close();
  }
  return new WrittenAnswer(fd, [...FILE_FOLDERS.in, name].join("/"));
};

const openNew = (folder: HeldDirectory, name: string): number => {
  const entry = folder.entry(name);
  try {
    unlinkSync(entry);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  return openSync(entry, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, PRIVATE_FILE);
};

class WrittenAnswer implements AnswerFile {
  readonly relativePath: string;
  readonly #fd: number;
  #bytes = 0;
  #hash = createHash("sha256");
  #marked: { bytes: number; hash: Hash } = { bytes: 0, hash: createHash("sha256") };
  /** Half a character at the end of a piece waits for its other half: alone it cannot be written. */
  #half = "";

  constructor(fd: number, relativePath: string) {
    this.#fd = fd;
    this.relativePath = relativePath;
  }

  get bytes(): number {
    return this.#bytes;
  }

  append(text: string): void {
    const whole = this.#half + text;
    this.#half = /[\ud800-\udbff]$/.exec(whole)?.[0] ?? "";
    const ready = whole.slice(0, whole.length - this.#half.length);
    // As a string: a buffer for each piece of a flood would wait for the collector by the hundred megabytes.
    const written = writeSync(this.#fd, ready, this.#bytes);
    this.#bytes += written;
    // A disk that is nearly full takes a part; the next call then says why.
    if (written < Buffer.byteLength(ready)) this.#writeRest(Buffer.from(ready).subarray(written));
    this.#hash.update(ready);
  }

  mark(): void {
    this.#marked = { bytes: this.#bytes, hash: this.#hash.copy() };
  }

  takeBack(): void {
    ftruncateSync(this.#fd, this.#marked.bytes);
    this.#bytes = this.#marked.bytes;
    this.#hash = this.#marked.hash.copy();
    this.#half = "";
  }

  close(): string {
    closeSync(this.#fd);
    return this.#hash.digest("hex");
  }

  #writeRest(rest: Buffer): void {
    for (let at = 0; at < rest.length; ) {
      const written = writeSync(this.#fd, rest, at, rest.length - at, this.#bytes);
      at += written;
      this.#bytes += written;
    }
  }
}
