import { ApiError } from "@steward/client/api-error";
import type { Delivery } from "@steward/contract/deliveries";
import type { FileSummary } from "@steward/contract/files";
import { translate, translateError } from "@steward/contract/messages";
import type { Logger } from "@steward/platform/logger";
import { BotApiError, BotNetworkError, isChatUnreachable, maybeSent } from "@steward/telegram/api";
import { LaneClosedError, LaneDeferredError } from "@steward/telegram/lanes";
import { type Messenger, plainText, type SentFileKind } from "../outbound/messenger.ts";
import type { DeliveryOutcome, Steward } from "../steward/steward.ts";
import { sentKindOf } from "./file-album.ts";
import { movedChat, type Performed } from "./judge-delivery-failure.ts";

export interface FileDeliveryDeps {
  messenger: Pick<Messenger, "sendFile" | "sendAlbum" | "send">;
  steward: Pick<Steward, "beginSending" | "fetchFile">;
  /** UTC ms of the next attempt after a failure that passes by itself. */
  retryAt(attempt: number): number;
  log: Logger;
}

/** A file of which the API knows that it goes out now. */
interface Claimed {
  delivery: Delivery;
  file: FileSummary;
  content: Blob;
}

/**
 * Sends the files of one or several deliveries; several as one album, if Telegram takes it. Telegram has no way to send a
 * file so that a repeat changes nothing, so the API is told before it goes out; what then ends without a clear answer, a
 * crash of ours included, is *possibly delivered* and is left to a person. Answers the outcomes in the same order.
 *
 * Throws only when the lanes were closed or `signal` aborted.
 */
export async function performFileDeliveries(
  deliveries: readonly Delivery[],
  deps: FileDeliveryDeps,
  signal: AbortSignal,
): Promise<Performed[]> {
  const outcomes = new Map<Delivery, Performed>();
  const claimed: Claimed[] = [];
  for (const delivery of deliveries) {
    const claim = await claimFile(delivery, deps, signal);
    if ("outcome" in claim) outcomes.set(delivery, claim);
    else claimed.push(claim);
  }
  const sent = claimed.length > 1 ? await sendTogether(claimed, deps, signal) : null;
  for (const [index, claim] of claimed.entries()) {
    outcomes.set(claim.delivery, sent?.[index] ?? (await sendAlone(claim, deps, signal)));
  }
  return deliveries.map(
    (delivery) => outcomes.get(delivery) ?? { outcome: "dead", error: "it was not sent" },
  );
}

/** Fetches a file and tells the API that it goes out; or how its delivery has ended without that. */
async function claimFile(
  delivery: Delivery,
  deps: FileDeliveryDeps,
  signal: AbortSignal,
): Promise<Claimed | Performed> {
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
  return { delivery, file, content };
}

/** Null where Telegram does not take them as one album: nothing was sent then. */
async function sendTogether(
  claimed: readonly Claimed[],
  deps: FileDeliveryDeps,
  signal: AbortSignal,
): Promise<Performed[] | null> {
  const [first] = claimed;
  if (first === undefined) return null;
  const { replyToMessageId } = first.delivery;
  const files = claimed.map(({ file, content }) => ({ kind: sentKindOf(file), name: file.name, content }));
  try {
    const ids = await deps.messenger.sendAlbum(first.delivery, files, { replyToMessageId, signal });
    for (const [index, { delivery }] of claimed.entries()) delivery.placeholderIds = [ids[index] ?? null];
    return claimed.map(() => ({ outcome: "delivered" }));
  } catch (error) {
    if (isRefusal(error)) {
      deps.log.info({ err: error, files: files.length }, "not taken as an album; sending them one by one");
      return null;
    }
    const outcomes: Performed[] = [];
    for (const { delivery, file } of claimed) {
      outcomes.push(await judgeFailure(error, delivery, file, deps, signal));
    }
    return outcomes;
  }
}

async function sendAlone(
  { delivery, file, content }: Claimed,
  deps: FileDeliveryDeps,
  signal: AbortSignal,
): Promise<Performed> {
  try {
    await send(delivery, file, content, deps, signal);
    return { outcome: "delivered" };
  } catch (error) {
    return await judgeFailure(error, delivery, file, deps, signal);
  }
}

/** As a picture or a video where Telegram shows one; as a document when it will not. */
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
  const kind = sentKindOf(file);
  if (kind === "document") return await sendAs(kind);
  try {
    await sendAs(kind);
  } catch (error) {
    // Too narrow, too many pixels, not decodable: nothing was sent.
    if (!isRefusal(error)) throw error;
    log.info({ err: error, fileId: file.id, kind }, "not taken as what it is; sending it as a document");
    await sendAs("document");
  }
}

/** The Bot API's own no, about what is sent and not about the chat. */
const isRefusal = (error: unknown): boolean =>
  (error instanceof BotApiError && error.code === 400 && !isChatUnreachable(error)) ||
  // An album is larger than each of its files.
  (error instanceof BotNetworkError && error.status === 413);

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
): Promise<Performed> {
  const reason = reasonOf(error);
  const moved = movedChat(error);
  if (moved !== null) return moved;
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
