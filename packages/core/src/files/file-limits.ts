import { statfs } from "node:fs/promises";
import { MAX_OUTGOING_BYTES, MAX_UPLOAD_BYTES } from "@steward/contract/files";
import { type Pace, UPLOAD_PACE } from "./paced-chunks.ts";

/** What bounds files. Sizes in bytes. */
export interface FileLimits {
  maxUploadBytes: number;
  maxOutgoingBytes: number;
  /** Files sent back with one answer; the rest waits for the next one. */
  maxOutgoingFiles: number;
  /** The disk is never filled further than to this. */
  minFreeDiskBytes: number;
  /** Uploads written at the same time; further ones wait, unread. */
  maxSimultaneous: number;
  pace: Pace;
}

export const DEFAULT_FILE_LIMITS: FileLimits = {
  maxUploadBytes: MAX_UPLOAD_BYTES,
  maxOutgoingBytes: MAX_OUTGOING_BYTES,
  maxOutgoingFiles: 20,
  minFreeDiskBytes: 512 * 1_048_576,
  maxSimultaneous: 16,
  pace: UPLOAD_PACE,
};

/** Bytes that we may still write on the file system of `path`. */
export const freeDiskBytes = async (path: string): Promise<number> => {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize;
};
