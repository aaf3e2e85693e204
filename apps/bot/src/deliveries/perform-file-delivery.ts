import { ApiError } from "@steward/client/api-error";
import type { Delivery } from "@steward/contract/deliveries";
import type { FileSummary } from "@steward/contract/files";
import { translate, translateError } from "@steward/contract/messages";
import type { Logger } from "@steward/platform/logger";
import { BotApiError, BotNetworkError, isChatUnreachable, maybeSent } from "@steward/telegram/api";
import { LaneClosedError, LaneDeferredError } from "@steward/telegram/lanes";
import { type Messenger, plainText, type SentFileKind } from "../outbound/messenger.ts";
import type { DeliveryOutcome, Steward } from "../steward/steward.ts";

export interface FileDeliveryDeps {
  messenger: Pick<Messenger, "sendFile" | "send">;
  steward: Pick<Steward, "beginSending" | "fetchFile">;
  /** UTC ms of the next attempt after a failure that passes by itself. */
  retryAt(attempt: number): number;
  log: Logger;
}

/** What Telegram shows in the chat itself, and how large that may be (facts: photos ≤ 10 MB). */
const PHOTO_TYPES: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/webp"]);
const MAX_PHOTO_BYTES = 10 * 1_048_576;

/**
 * Sends one file. Telegram has no way to send a file so that a repeat changes nothing, so the API is told before it goes
 * out; what then ends without a clear answer, a crash of ours included, is *possibly delivered* and is left to a person.
 *
 * Throws only when the lanes were closed or `signal` aborted.
 */
export async function performFileDelivery(
  delivery: Delivery,
  deps: FileDeliveryDeps,
  signal: AbortSignal,
): Promise<DeliveryOutcome> {
  const { file } = delivery;
  if (file === null) return { outcome: "dead", error: "the delivery names no file" };
  if (delivery.state === "sending") {
    return { outcome: "possibly_delivered", error: "the bot ended while it was sending the file" };
  }
  let content: Blob;
  try {
    content = await deps.steward.fetchFile(file.id);
  } catch (error) {
    signal.throwIfAborted();
    return await tellMissing(error, delivery, file, deps, signal);
  }
  if (!(await deps.steward.beginSending(delivery.id))) {
    return { outcome: "possibly_delivered", error: "sending it had begun before" };
  }
  try {
    await send(delivery, file, content, deps, signal);
    return { outcome: "delivered" };
  } catch (error) {
    return await judgeFailure(error, delivery, file, deps, signal);
  }
}

/** As a picture where Telegram shows one; as a document when it will not. */
async function send(
  delivery: Delivery,
  file: FileSummary,
  content: Blob,
  { messenger, log }: FileDeliveryDeps,
  signal: AbortSignal,
): Promise<void> {
  const sendAs = async (kind: SentFileKind): Promise<void> => {
    const { replyToMessageId } = delivery;
    const what = { kind, name: file.name, content };
    // Where the chat ends now: what comes next stands below it.
    delivery.placeholderIds = [await messenger.sendFile(delivery, what, { replyToMessageId, signal })];
  };
  if (!PHOTO_TYPES.has(file.mediaType) || file.bytes > MAX_PHOTO_BYTES) return await sendAs("document");
  try {
    await sendAs("photo");
  } catch (error) {
    // Too narrow, too many pixels, not decodable: nothing was sent.
    if (!(error instanceof BotApiError) || error.code !== 400 || isChatUnreachable(error)) throw error;
    log.info({ err: error, fileId: file.id }, "not taken as a photo; sending it as a document");
    await sendAs("document");
  }
}

async function tellMissing(
  error: unknown,
  delivery: Delivery,
  file: FileSummary,
  deps: FileDeliveryDeps,
  signal: AbortSignal,
): Promise<DeliveryOutcome> {
  const reason = reasonOf(error);
  if (!(error instanceof ApiError) || error.status >= 500) {
    return { outcome: "retry", retryAt: deps.retryAt(delivery.attempt + 1), error: reason };
  }
  const sentence = translateError(
    delivery.language,
    error.code === "not_found" ? "file_changed" : error.code,
    error.params,
  );
  await tell(delivery, `📎 ${file.name}: ${sentence}`, deps, signal);
  return { outcome: "dead", error: reason };
}

async function judgeFailure(
  error: unknown,
  delivery: Delivery,
  file: FileSummary,
  deps: FileDeliveryDeps,
  signal: AbortSignal,
): Promise<DeliveryOutcome> {
  const reason = reasonOf(error);
  // It was still waiting for its turn, or was turned away: nothing was sent.
  if (error instanceof LaneDeferredError)
    return { outcome: "retry", retryAt: error.retryAtMs, error: reason };
  signal.throwIfAborted();
  if (error instanceof LaneClosedError) throw error;
  if (maybeSent(error)) return { outcome: "possibly_delivered", error: reason };
  if (isChatUnreachable(error)) return { outcome: "dead", error: reason };
  const refusal = refusalOf(error);
  if (refusal === null) {
    return { outcome: "retry", retryAt: deps.retryAt(delivery.attempt + 1), error: reason };
  }
  deps.log.error({ err: error, deliveryId: delivery.id }, "Telegram refuses this file");
  const params = { name: file.name, reason: refusal };
  await tell(delivery, translate(delivery.language, "file.undeliverable", params), deps, signal);
  return { outcome: "dead", error: reason };
}

/** Why this file will never be taken; null for no connection, or a revoked token that may be given back. */
function refusalOf(error: unknown): string | null {
  if (error instanceof BotApiError) {
    return error.code === 401 || error.code === 404 ? null : error.description;
  }
  // Said by the web server in front of the Bot API, and just as true tomorrow.
  return error instanceof BotNetworkError && error.status === 413 ? "Request Entity Too Large" : null;
}

async function tell(
  delivery: Delivery,
  text: string,
  { messenger, log }: FileDeliveryDeps,
  signal: AbortSignal,
): Promise<void> {
  await messenger
    .send(delivery, plainText(text), { priority: "final", signal })
    .catch((failure: unknown) => log.warn({ err: failure }, "nor a sentence about it"));
}

const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).slice(0, 500);
