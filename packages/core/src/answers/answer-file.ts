import { closeSync, constants, existsSync, ftruncateSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";

/** All that a turn has said, when that is more than a chat can be shown. Written as it comes; never held in memory. */
export interface AnswerFile {
  /** Below the workspace, for people. */
  readonly relativePath: string;
  readonly bytes: number;
  /** Throws what the file system says. */
  append(text: string): void;
  /** Takes back what was written after `bytes`. */
  truncate(bytes: number): void;
  close(): void;
}

/** Opens the file of one turn. Throws what the file system says. */
export type OpenAnswerFile = (workspace: string, turnId: string) => AnswerFile;

const PRIVATE_FILE = 0o600;
const PRIVATE_DIRECTORY = 0o700;

/**
 * `files/answer-<turn>.md` in the workspace, written anew for another attempt. The agent may write in the workspace too, so
 * neither the folder nor the file is followed when it is a link: both are opened as what they are, the file below the
 * folder that was opened.
 */
export const openAnswerFile: OpenAnswerFile = (workspace, turnId) => {
  const folder = join(workspace, "files");
  const name = `answer-${turnId}.md`;
  mkdirSync(folder, { recursive: true, mode: PRIVATE_DIRECTORY });
  const folderFd = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  let fd: number;
  try {
    // Where /proc is missing (macOS) the folder's own name has to do.
    const held = existsSync("/proc/self/fd") ? `/proc/self/fd/${folderFd}` : folder;
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;
    fd = openSync(join(held, name), flags, PRIVATE_FILE);
  } finally {
    closeSync(folderFd);
  }
  let bytes = 0;
  // Half a character at the end of a piece waits for its other half: alone it cannot be written.
  let half = "";
  const writeRest = (rest: Buffer): void => {
    for (let at = 0; at < rest.length; ) {
      const written = writeSync(fd, rest, at, rest.length - at, bytes);
      at += written;
      bytes += written;
    }
  };
  return {
    relativePath: `files/${name}`,
    get bytes() {
      return bytes;
    },
    append: (text) => {
      const whole = half + text;
      half = /[\ud800-\udbff]$/.exec(whole)?.[0] ?? "";
      const ready = whole.slice(0, whole.length - half.length);
      // As a string: a buffer for each piece of a flood would wait for the collector by the hundred megabytes.
      const written = writeSync(fd, ready, bytes);
      bytes += written;
      // A disk that is nearly full takes a part; the next call then says why.
      if (written < Buffer.byteLength(ready)) writeRest(Buffer.from(ready).subarray(written));
    },
    truncate: (to) => {
      ftruncateSync(fd, to);
      bytes = to;
      half = "";
    },
    close: () => closeSync(fd),
  };
};
