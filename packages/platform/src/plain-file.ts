import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

/**
 * The text of a small plain file at a path where somebody else may have put anything: null for what is missing, a link, no
 * plain file (nobody waits for the other end of a FIFO), larger than `maxBytes`, or closed to us.
 */
export function readPlainText(path: string, maxBytes: number): string | null {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (error instanceof Error && "code" in error) return null;
    throw error;
  }
  try {
    if (!fstatSync(fd).isFile()) return null;
    // One byte more tells that there is more; the size it says it has may change meanwhile.
    const content = Buffer.alloc(maxBytes + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < content.length; length += read) {
      read = readSync(fd, content, length, content.length - length, length);
    }
    return length > maxBytes ? null : content.toString("utf8", 0, length);
  } finally {
    closeSync(fd);
  }
}
