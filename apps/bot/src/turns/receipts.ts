import type { ChatAddress } from "@steward/contract/ids";
import type { Logger } from "@steward/platform/logger";
import { BotApiError, type BotArguments } from "@steward/telegram/api";
import type { Lanes } from "@steward/telegram/lanes";
import { chatFields } from "../outbound/messenger.ts";

/** What a person sees on their own message: seen, its edit as well, and that it came to nothing. Of the emoji that bots may use. */
type Reaction = "👀" | "✍" | "💔";

export interface Receipts {
  /** The message is stored durably: nothing of it can be lost any more. */
  received(address: ChatAddress, messageId: number): void;
  /** Its edit counts: the turn will be asked with it. */
  edited(address: ChatAddress, messageId: number): void;
  /** Its answer stands in the chat: the receipt goes, or says that there is none. */
  answered(address: ChatAddress, messageId: number, isFailure: boolean): void;
}

/** Chats and messages remembered. */
const REMEMBERED = 1_000;

/**
 * Reactions as receipts: the first thing a person sees, ahead of any message, without a sound. They are the least of all
 * that goes to a chat. Whether they succeed is of no consequence; where they are forbidden they are not tried again.
 */
export function createReceipts({ lanes, log }: { lanes: Lanes; log: Logger }): Receipts {
  const forbidden = new Set<string>();
  /** Per message what was last sent, so that an answer's reaction never comes before the receipt's. */
  const last = new Map<string, Promise<void>>();

  const react = async (address: ChatAddress, messageId: number, emoji: Reaction | null): Promise<void> => {
    if (forbidden.has(address.chatId)) return;
    const args: BotArguments<"setMessageReaction"> = {
      chat_id: chatFields(address).chat_id,
      message_id: messageId,
      reaction: emoji === null ? [] : [{ type: "emoji", emoji }],
    };
    try {
      await lanes.call("setMessageReaction", args, { priority: "receipt" });
    } catch (error) {
      log.debug({ err: error, chatId: address.chatId }, "no reaction; nothing depends on it");
      if (!isForbidden(error)) return;
      forbidden.add(address.chatId);
      dropOldest(forbidden);
    }
  };

  const inOrder = (address: ChatAddress, messageId: number, emoji: Reaction | null): void => {
    const key = `${address.chatId} ${messageId}`;
    const before = last.get(key) ?? Promise.resolve();
    last.delete(key);
    last.set(
      key,
      before.then(() => react(address, messageId, emoji)),
    );
    dropOldest(last);
  };

  return {
    received: (address, messageId) => inOrder(address, messageId, "👀"),
    edited: (address, messageId) => inOrder(address, messageId, "✍"),
    answered: (address, messageId, isFailure) => inOrder(address, messageId, isFailure ? "💔" : null),
  };
}

/** A refusal for good; not one of this message alone, which may have been deleted. */
const isForbidden = (error: unknown): boolean =>
  error instanceof BotApiError &&
  (error.code === 403 ||
    (error.code === 400 && !/message to react not found|MESSAGE_ID_INVALID/i.test(error.description)));

function dropOldest(collection: Set<string> | Map<string, unknown>): void {
  for (const oldest of collection.keys()) {
    if (collection.size <= REMEMBERED) return;
    collection.delete(oldest);
  }
}
