import { ApiError } from "@steward/client/api-error";
import type { Delivery } from "@steward/contract/deliveries";
import { translate } from "@steward/contract/messages";
import type { Logger } from "@steward/platform/logger";
import { BotApiError, isChatUnreachable, isMessageGone, migratedTo } from "@steward/telegram/api";
import { LaneDeferredError } from "@steward/telegram/lanes";
import { type Messenger, plainText } from "../outbound/messenger.ts";
import { type DeliveryOutcome, isPassing } from "../steward/steward.ts";

/** How showing a delivery went. `moved`: not shown, because its group lives on under another id. */
export type Performed = DeliveryOutcome | { outcome: "moved"; toChatId: string };

/** Telegram's word that a group has become a supergroup; null for every other failure. Nothing was sent then. */
export function movedChat(error: unknown): Extract<Performed, { outcome: "moved" }> | null {
  const toChatId = migratedTo(error);
  return toChatId === undefined ? null : { outcome: "moved", toChatId };
}

export interface JudgeDeps {
  messenger: Pick<Messenger, "send" | "edit">;
  /** UTC ms of the next attempt after a failure that passes by itself. */
  retryAt(attempt: number): number;
  log: Logger;
}

/**
 * What becomes of a delivery that failed: final is only what the Bot API itself has said about the chat or the content;
 * everything else passes by itself, however long it takes. Throws when `signal` is the reason.
 */
export async function judgeDeliveryFailure(
  error: unknown,
  delivery: Delivery,
  deps: JudgeDeps,
  signal: AbortSignal,
): Promise<Performed> {
  signal.throwIfAborted();
  const moved = movedChat(error);
  if (moved !== null) return moved;
  const reason = error instanceof Error ? error.message.slice(0, 500) : String(error);
  if (error instanceof LaneDeferredError)
    return { outcome: "retry", retryAt: error.retryAtMs, error: reason };
  if (isChatUnreachable(error)) {
    deps.log.warn(
      { err: error, deliveryId: delivery.id },
      "this chat takes no message; the answer is undelivered",
    );
    return { outcome: "dead", error: reason };
  }
  // The API's own refusal: asking again does not change it.
  if (error instanceof ApiError && !isPassing(error)) return { outcome: "dead", error: reason };
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
  { messenger, log }: JudgeDeps,
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
