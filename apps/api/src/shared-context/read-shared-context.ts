import { open } from "node:fs/promises";

/** What of the file goes into turns (wire contract §6). */
const MOST_CHARACTERS = 2_000;
/** As many bytes as that many characters can take. */
const MOST_BYTES = MOST_CHARACTERS * 4;

/**
 * The first 2,000 characters of the owner's file, read when they are asked for. Null for a file that is empty, or not there:
 * it may come later.
 *
 * @throws what the file system says otherwise
 */
export async function readSharedContext(path: string): Promise<string | null> {
  try {
    await using file = await open(path, "r");
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(MOST_BYTES), position: 0 });
    const text = buffer.toString("utf8", 0, bytesRead).replace(/^\uFEFF/, "");
    const characters = [...text.replace(/\uFFFD$/, "")].slice(0, MOST_CHARACTERS);
    return characters.join("").trim() || null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
