import { createHash } from "node:crypto";
import { fsyncSync } from "node:fs";
import { constants, link, lstat, open, rename, unlink } from "node:fs/promises";
import type { HeldDirectory } from "@steward/platform/held-directory";
import { codeOf, isMissing } from "./file-folders.ts";
import { detectMediaType, MEDIA_HEAD_BYTES } from "./media-type.ts";
import { PROGRAM_HEAD_BYTES } from "./program-kind.ts";
import { storedFileName } from "./stored-name.ts";

/** What was written, before it has its name. */
export interface WrittenUpload {
  bytes: number;
  sha256: string;
  mediaType: string;
}

const PARTIAL = /^\.steward-([0-9a-f-]{36})\.part$/;
/** The name of an upload that is not complete, or of which it is not known whether it is. */
export const partialName = (fileId: string): string => `.steward-${fileId}.part`;
export const fileIdOfPartial = (name: string): string | null => PARTIAL.exec(name)?.[1] ?? null;

const PRIVATE_FILE = 0o600;

/**
 * Writes an upload into its partial file, as it comes, and makes it durable. Never through a link, never executable.
 *
 * @param options.head told the first bytes once there are enough to judge (or all), and may throw
 * @param options.progress told the bytes so far before each write, and may throw
 */
export async function writePartial(
  folder: HeldDirectory,
  fileId: string,
  content: AsyncIterable<Uint8Array>,
  options: { head: (bytes: Uint8Array) => void; progress: (bytes: number) => void | Promise<void> },
): Promise<WrittenUpload> {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
  const handle = await open(folder.entry(partialName(fileId)), flags, PRIVATE_FILE);
  try {
    const hash = createHash("sha256");
    const head = new UploadHead();
    let bytes = 0;
    let isJudged = false;
    for await (const chunk of content) {
      bytes += chunk.byteLength;
      await options.progress(bytes);
      head.add(chunk);
      if (!isJudged && head.bytes.length >= PROGRAM_HEAD_BYTES) {
        isJudged = true;
        options.head(head.bytes);
      }
      hash.update(chunk);
      await handle.writeFile(chunk);
    }
    if (!isJudged) options.head(head.bytes);
    await handle.sync();
    return { bytes, sha256: hash.digest("hex"), mediaType: await detectMediaType(head.bytes) };
  } finally {
    await handle.close();
  }
}

/** The first bytes of what comes in pieces. */
class UploadHead {
  #bytes: Buffer = Buffer.alloc(0);
  get bytes(): Uint8Array {
    return this.#bytes;
  }
  add(chunk: Uint8Array): void {
    const room = MEDIA_HEAD_BYTES - this.#bytes.length;
    if (room > 0) this.#bytes = Buffer.concat([this.#bytes, chunk.subarray(0, room)]);
  }
}

/**
 * Gives a partial file its final name as well, one that nobody has, durably. The partial name stays until the row is
 * committed: what a crash leaves behind is known by it.
 *
 * @returns that name
 */
export async function nameUpload(
  folder: HeldDirectory,
  fileId: string,
  original: string,
  options: { now: number; distinction: () => string },
): Promise<string> {
  const partial = folder.entry(partialName(fileId));
  for (let attempt = 0; ; attempt += 1) {
    const name = storedFileName(original, options.now, attempt === 0 ? "" : options.distinction());
    try {
      await claimName(partial, folder.entry(name));
      fsyncSync(folder.fd);
      return name;
    } catch (error) {
      if (codeOf(error) !== "EEXIST" || attempt >= 50) throw error;
    }
  }
}

async function claimName(partial: string, final: string): Promise<void> {
  try {
    await link(partial, final);
  } catch (error) {
    // File systems without hard links: the name is looked at first, which is all that they offer.
    if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"].includes(codeOf(error))) throw error;
    const taken = await lstat(final).catch((failure: unknown) => {
      if (isMissing(failure)) return null;
      throw failure;
    });
    if (taken !== null) throw Object.assign(new Error(`${final} exists`), { code: "EEXIST" });
    await rename(partial, final);
  }
}

/** Takes an entry away; one that has gone is fine. */
export async function removeEntry(folder: HeldDirectory, name: string): Promise<void> {
  await unlink(folder.entry(name)).catch((error: unknown) => {
    if (!isMissing(error)) throw error;
  });
}
