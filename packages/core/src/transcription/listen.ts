import { basename } from "node:path";
import type { IncomingAttachment } from "@steward/contract/attachments";
import type { Logger } from "@steward/platform/logger";
import type { Hearing } from "../attachments/settled-attachment.ts";
import { openStored } from "../files/file-folders.ts";
import type { LocateFile } from "../files/file-locator.ts";
import type { FileRow } from "../files/file-repository.ts";
import { createSlotPool } from "../sessions/slot-pool.ts";
import type { Transcriber } from "./transcriber.ts";

/** What OpenAI's endpoint takes; far more than anybody says in one message. */
const MAX_RECORDING_BYTES = 25 * 1_048_576;
/** Each holds a recording in memory, and a local model takes the whole machine. */
const MOST_AT_ONCE = 2;
const SPOKEN: ReadonlySet<IncomingAttachment["kind"]> = new Set(["voice", "video_note"]);

/** What a file says, if it is a person's voice; null when it is none. Never rejects. */
export type Listen = (file: FileRow, attachment: IncomingAttachment) => Promise<Hearing> | null;

/** @param deps.transcriber null: nobody listens, and that is told */
export const createListen = (deps: {
  transcriber: Transcriber | null;
  locate: LocateFile;
  /** Ends every listening. */
  signal: AbortSignal;
  log: Logger;
}): Listen => {
  const { transcriber, locate, signal, log } = deps;
  const places = createSlotPool({ max: MOST_AT_ONCE, onFull: () => undefined });

  const hear = async (file: FileRow, by: Transcriber): Promise<Hearing> => {
    const place = await places.acquire(signal);
    try {
      const content = await read(file);
      if (content === null) return { unheard: "failed" };
      const name = basename(file.path);
      const said = await by.transcribe({ name, mediaType: file.mediaType, content }, signal);
      const text = said.trim();
      return text === "" ? { unheard: "failed" } : { text };
    } finally {
      place.release();
    }
  };

  /** Null for one that is too large, or not what came in any more: the agent works in this workspace too. */
  const read = async (file: FileRow): Promise<Uint8Array<ArrayBuffer> | null> => {
    if (file.bytes > MAX_RECORDING_BYTES) return null;
    const handle = await openStored(locate(file));
    if (handle === null) return null;
    try {
      const content = Buffer.alloc(file.bytes);
      await handle.read(content, 0, content.length, 0);
      return content;
    } finally {
      await handle.close();
    }
  };

  return (file, { kind, ofReply }) => {
    if (!SPOKEN.has(kind) || ofReply === true) return null;
    if (transcriber === null) return kind === "voice" ? Promise.resolve({ unheard: "off" }) : null;
    return hear(file, transcriber).catch((error: unknown): Hearing => {
      log.warn({ err: error, fileId: file.id }, "a voice message could not be transcribed");
      return { unheard: "failed" };
    });
  };
};
