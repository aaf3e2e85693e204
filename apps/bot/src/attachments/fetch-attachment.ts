import { ApiError, ApiUnreachable } from "@steward/client/api-error";
import type { WantedAttachment } from "@steward/contract/attachments";
import { ERROR_STATUS, type ErrorCode } from "@steward/contract/errors";
import { BotApiError } from "@steward/telegram/api";
import { FileFetchError, type FileSource } from "@steward/telegram/files";
import type { Steward } from "../steward/steward.ts";

/** How one attempt went. `again`: it may go better later; `isAbout`: the file itself, or what lies in between. */
export type FetchOutcome =
  | { is: "here" }
  | { is: "given_up"; code: ErrorCode; params: Record<string, string | number> }
  | { is: "again"; isAbout: "file" | "way"; reason: string; afterMs: number | null };

/** Refusals of the API that are about this moment, and not about the file. */
const PASSING: ReadonlySet<string> = new Set([
  "upload_incomplete",
  "upload_too_slow",
  "shutting_down",
  "conflict",
] satisfies ErrorCode[]);

/** Fetches one file from Telegram and hands it to the API as it comes: nothing of it is kept here. */
export async function fetchAttachment(
  wanted: WantedAttachment,
  { source, steward }: { source: FileSource; steward: Pick<Steward, "uploadAttachment"> },
  signal: AbortSignal,
): Promise<FetchOutcome> {
  const tooLarge: FetchOutcome = {
    is: "given_up",
    code: "attachment_too_large",
    params: { limitMb: Math.floor(source.maxBytes / 1_048_576) },
  };
  if (wanted.bytes !== null && wanted.bytes > source.maxBytes) return tooLarge;
  const broken: { by: unknown } = { by: null };
  try {
    const content = noting(await source.open(wanted.remoteId, signal), broken);
    await steward.uploadAttachment(wanted, ReadableStream.from(content), signal);
    return { is: "here" };
  } catch (error) {
    signal.throwIfAborted();
    // What the upload says of a source that broke is less than what the source says.
    const cause = broken.by ?? error;
    return cause instanceof FileFetchError && cause.reason === "too_large" ? tooLarge : judge(cause);
  }
}

async function* noting(chunks: AsyncIterable<Uint8Array>, broken: { by: unknown }) {
  try {
    yield* chunks;
  } catch (error) {
    broken.by = error;
    throw error;
  }
}

function judge(error: unknown): FetchOutcome {
  const reason = error instanceof Error ? error.message : String(error);
  if (error instanceof FileFetchError) {
    if (error.reason === "unsafe_place")
      return { is: "given_up", code: "attachment_place_unsafe", params: {} };
    return { is: "again", isAbout: error.reason === "gone" ? "file" : "way", reason, afterMs: null };
  }
  if (error instanceof BotApiError) {
    return { is: "again", isAbout: "way", reason, afterMs: error.retryAfterMs ?? null };
  }
  if (error instanceof ApiError && !(error instanceof ApiUnreachable)) {
    const { code, params } = error;
    const isFinal = isErrorCode(code) && !PASSING.has(code) && (error.status < 500 || error.status === 507);
    if (isFinal && error.status !== 401 && error.status !== 429)
      return { is: "given_up", code, params: { ...params } };
  }
  return { is: "again", isAbout: "way", reason, afterMs: null };
}

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(ERROR_STATUS, code);
