import { ApiError } from "@steward/client/api-error";
import type { Delivery } from "@steward/contract/deliveries";
import { translate } from "@steward/contract/messages";
import type { Logger } from "@steward/platform/logger";
import { BotApiError, isChatUnreachable, isMessageGone } from "@steward/telegram/api";
import { LaneDeferredError } from "@steward/telegram/lanes";
import { type FormattedText, renderParts } from "@steward/telegram/split";
import type { Keyboard } from "../outbound/keyboard.ts";
import { type Messenger, plainText } from "../outbound/messenger.ts";
import type { DeliveryOutcome, Steward } from "../steward/steward.ts";
import type { ReleasedStatus } from "../turns/turn-status.ts";

export interface DeliveryDeps {
  messenger: Messenger;
  steward: Pick<Steward, "setDeliveryPlaceholder">;
  /** The buttons under it, as they are to be now. */
  keyboardOf(delivery: Delivery): Promise<Keyboard | undefined>;
  /** Stops the status message of a turn and answers it; null when it never had one. */
  releaseStatus(turnId: string): Promise<ReleasedStatus | null>;
  /** The chat's last delivery ended with this message; 0 when there is none that we know of. */
  shownUpTo: number;
  /** UTC ms of the next attempt after a failure that passes by itself. */
  retryAt(attempt: number): number;
  log: Logger;
}

/**
 * Shows one delivery: every part gets a message of its own first, whose id the API keeps, and then its content by edit.
 * Sending may double a placeholder, editing changes nothing when repeated; so this may be cut off anywhere, by a crash
 * too, and be done again from the start, and the text still stands there exactly once.
 *
 * Writes the placeholders it learns into `delivery`. Throws only when the lanes were closed or `signal` aborted.
 */
export async function performDelivery(
  delivery: Delivery,
  deps: DeliveryDeps,
  signal: AbortSignal,
): Promise<DeliveryOutcome> {
  const parts = partsOf(delivery);
  try {
    await adoptStatusMessage(delivery, deps);
    const buttons = await deps.keyboardOf(delivery);
    for (const [part, content] of parts.entries()) {
      const keyboard = part === parts.length - 1 ? buttons : undefined;
      await showPart(
        delivery,
        part,
        (messageId) =>
          deps.messenger.edit(delivery, messageId, content, { keyboard, priority: "final", signal }),
        deps,
        signal,
        delivery.kind === "approval" && buttons === undefined,
      );
    }
    // What is rewritten meanwhile is not shown by this.
    return delivery.kind === "approval"
      ? { outcome: "delivered", revision: delivery.revision }
      : { outcome: "delivered" };
  } catch (error) {
    return await judgeFailure(error, delivery, deps, signal);
  }
}

/** There is always something to see: an answer without text says so. */
function partsOf({ text, language }: Delivery): FormattedText[] {
  const parts = renderParts(text);
  return parts.length > 0 ? parts : [plainText(translate(language, "turn.empty"))];
}

/** The status message becomes part 0, unless the API already knows another one. */
async function adoptStatusMessage(delivery: Delivery, deps: DeliveryDeps): Promise<void> {
  if (delivery.turnId === null) return;
  const own = await deps.releaseStatus(delivery.turnId);
  if (own === null || own.messageId === delivery.placeholderIds[0]) return;
  await claimPart(delivery, 0, own.messageId, deps, own.replaces ?? undefined);
}

/** Has the API keep this message for the part. Another one that it knows already wins, and ours is taken away. */
async function claimPart(
  delivery: Delivery,
  part: number,
  messageId: number,
  { messenger, steward }: DeliveryDeps,
  replaces?: number,
): Promise<number> {
  const winner = await steward.setDeliveryPlaceholder(delivery.id, part, messageId, replaces);
  while (delivery.placeholderIds.length <= part) delivery.placeholderIds.push(null);
  delivery.placeholderIds[part] = winner;
  if (winner !== messageId) await messenger.remove(delivery, messageId);
  return winner;
}

async function showPart(
  delivery: Delivery,
  part: number,
  edit: (messageId: number) => Promise<void>,
  deps: DeliveryDeps,
  signal: AbortSignal,
  /** A question that was read and taken away: how it ended needs no new message. */
  lapses: boolean,
): Promise<void> {
  const known = delivery.placeholderIds[part] ?? null;
  // A message for this answer was placed when the one before it was not known to be so long.
  const isRewritten = delivery.revision > 0;
  const isOutOfOrder = part === 0 && known !== null && known < deps.shownUpTo && !isRewritten;
  if (known !== null && !isOutOfOrder) {
    try {
      return await edit(known);
    } catch (error) {
      if (!isMessageGone(error)) throw error;
      if (lapses) return;
      deps.log.info({ deliveryId: delivery.id, part }, "the message was deleted; sending a new one");
    }
  }
  const isUnasked = delivery.turnId === null && part === 0;
  const sent = await deps.messenger.send(
    delivery,
    plainText(translate(delivery.language, isUnasked ? "bot.placeholder_notice" : "bot.placeholder")),
    {
      silent: !isUnasked,
      replyToMessageId: part === 0 ? replyTarget(delivery) : null,
      priority: "final",
      signal,
    },
  );
  await edit(await claimPart(delivery, part, sent, deps, known ?? undefined));
  if (isOutOfOrder) await deps.messenger.remove(delivery, known);
}

/** In a chat of two an answer stands below its question anyway; what comes out of order says what it is about. */
function replyTarget({ chatId, kind, turnId, replyToMessageId }: Delivery): number | null {
  const isInOrder = kind === "answer" && turnId !== null && !chatId.startsWith("-");
  return isInOrder ? null : replyToMessageId;
}

async function judgeFailure(
  error: unknown,
  delivery: Delivery,
  deps: DeliveryDeps,
  signal: AbortSignal,
): Promise<DeliveryOutcome> {
  signal.throwIfAborted();
  const reason = error instanceof Error ? error.message.slice(0, 500) : String(error);
  if (error instanceof LaneDeferredError)
    return { outcome: "retry", retryAt: error.retryAtMs, error: reason };
  if (isChatUnreachable(error)) return { outcome: "dead", error: reason };
  // The API's own refusal: asking again does not change it. What passes by itself was waited for already.
  if (error instanceof ApiError) return { outcome: "dead", error: reason };
  const isRefusal = error instanceof BotApiError && error.code >= 400 && error.code < 500;
  // A revoked token may be given back; a message deleted just now is replaced next time.
  if (!isRefusal || error.code === 401 || error.code === 404 || isMessageGone(error)) {
    return { outcome: "retry", retryAt: deps.retryAt(delivery.attempt + 1), error: reason };
  }
  deps.log.error({ err: error, deliveryId: delivery.id }, "Telegram refuses to show this delivery");
  await tellRefusal(delivery, error, deps, signal);
  return { outcome: "dead", error: reason };
}

/** Nobody is left looking at a status message that never ends. */
async function tellRefusal(
  delivery: Delivery,
  error: BotApiError,
  { messenger, log }: DeliveryDeps,
  signal: AbortSignal,
): Promise<void> {
  const text = plainText(translate(delivery.language, "bot.undeliverable", { reason: error.description }));
  const messageId = delivery.placeholderIds[0] ?? null;
  const telling =
    messageId === null
      ? messenger.send(delivery, text, { priority: "final", signal })
      : messenger.edit(delivery, messageId, text, { priority: "final", signal });
  await telling.catch((failure: unknown) => log.warn({ err: failure }, "nor a sentence about it"));
}
