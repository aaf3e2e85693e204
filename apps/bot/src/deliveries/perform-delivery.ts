import type { Delivery } from "@steward/contract/deliveries";
import { translate } from "@steward/contract/messages";
import type { Logger } from "@steward/platform/logger";
import {
  BotApiError,
  BotNetworkError,
  isChatUnreachable,
  isMessageGone,
  migratedTo,
} from "@steward/telegram/api";
import type { Keyboard } from "../outbound/keyboard.ts";
import { type Messenger, plainText } from "../outbound/messenger.ts";
import type { Steward } from "../steward/steward.ts";
import type { ReleasedStatus } from "../turns/turn-status.ts";
import { type DeliveryPart, layOut } from "./delivery-layout.ts";
import { judgeDeliveryFailure, type Performed } from "./judge-delivery-failure.ts";

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
 * too, and be done again from the start, and the text still stands there exactly once. The file of a long answer comes by
 * edit as well.
 *
 * Writes the placeholders it learns into `delivery`. Throws only when the lanes were closed or `signal` aborted.
 */
export async function performDelivery(
  delivery: Delivery,
  deps: DeliveryDeps,
  signal: AbortSignal,
): Promise<Performed> {
  try {
    await adoptStatusMessage(delivery, deps);
    await showAll(delivery, await deps.keyboardOf(delivery), deps, signal);
    // What is rewritten meanwhile is not shown by this.
    return delivery.kind === "approval"
      ? { outcome: "delivered", revision: delivery.revision }
      : { outcome: "delivered" };
  } catch (error) {
    return await judgeDeliveryFailure(error, delivery, deps, signal);
  }
}

async function showAll(
  delivery: Delivery,
  buttons: Keyboard | undefined,
  deps: DeliveryDeps,
  signal: AbortSignal,
): Promise<void> {
  const { parts, withoutFile, smaller } = layOut(delivery);
  try {
    await showParts(parts, delivery, buttons, deps, signal);
  } catch (error) {
    if (isTooLong(error)) {
      deps.log.warn({ err: error, deliveryId: delivery.id }, "Telegram counts differently; smaller messages");
      return await showParts(smaller(), delivery, buttons, deps, signal);
    }
    if (parts === withoutFile || !isFileRefused(error)) throw error;
    deps.log.warn(
      { err: error, deliveryId: delivery.id },
      "no file is taken here; the answer comes in messages",
    );
    await showParts(withoutFile, delivery, buttons, deps, signal);
  }
}

async function showParts(
  parts: readonly DeliveryPart[],
  delivery: Delivery,
  buttons: Keyboard | undefined,
  deps: DeliveryDeps,
  signal: AbortSignal,
): Promise<void> {
  const { messenger } = deps;
  for (const [index, part] of parts.entries()) {
    const keyboard = index === parts.length - 1 ? buttons : undefined;
    const options = { keyboard, priority: "final" as const, signal };
    const edit = async (messageId: number): Promise<void> => {
      if ("text" in part) return await messenger.edit(delivery, messageId, part.text, options);
      const { name, content } = part.document;
      const file = { name, content: new Blob([content], { type: "text/markdown" }) };
      await messenger.editDocument(delivery, messageId, file, options);
    };
    const lapses = delivery.kind === "approval" && buttons === undefined;
    await showPart(delivery, index, edit, deps, signal, lapses);
  }
  // Rewritten to fewer messages: what is left over would still say the old, with buttons that count no more.
  for (const stray of delivery.placeholderIds.slice(parts.length)) {
    if (stray !== null) await messenger.remove(delivery, stray);
  }
}

const isTooLong = (error: unknown): boolean =>
  error instanceof BotApiError &&
  error.code === 400 &&
  /message is too long|MESSAGE_TOO_LONG/i.test(error.description);

/** The file alone, not the message or the chat: documents may be forbidden where text is not. */
function isFileRefused(error: unknown): boolean {
  if (error instanceof BotNetworkError) return error.status === 413;
  if (!(error instanceof BotApiError) || error.method !== "editMessageMedia") return false;
  const isAboutFile = migratedTo(error) === undefined && !isChatUnreachable(error) && !isMessageGone(error);
  return isAboutFile && (error.code === 400 || error.code === 413);
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
      silent: !isUnasked || delivery.quiet === true,
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
