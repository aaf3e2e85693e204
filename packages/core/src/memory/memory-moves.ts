import type { MemoryBooks } from "./memory-books.ts";
import type { Memory, MemoryAuthor, MemoryOwner } from "./memory-service.ts";

/** What the house does by itself. */
export const HOUSEKEEPING: MemoryAuthor = {
  origin: "housekeeping",
  userId: null,
  userName: null,
  turnId: null,
  messageId: null,
};

/**
 * A group lives on under another id: its memories, and all that is known of them, go with it. Where both ids have one of the
 * same key, both stay: the one that moves is numbered, which is a change like any other. Takes part in the open transaction.
 */
export const createMemoryMoves =
  ({ rows, log, now, freeKey, nextUpdatedAt }: MemoryBooks) =>
  (botId: string, { fromChatId, toChatId }: { fromChatId: string; toChatId: string }): void => {
    const target: MemoryOwner = { botId, chatId: toChatId };

    log.move(botId, fromChatId, toChatId);
    const moving = rows.list({ of: { botId, chatId: fromChatId }, withExpired: true }, now());
    for (const memory of moving) {
      const moved: Memory = { ...memory, chatId: toChatId };
      const isTaken = memory.state === "accepted" && rows.holderOf(target, memory.key) !== null;
      if (!isTaken) {
        rows.put(moved, memory);
        continue;
      }
      const renamed: Memory = {
        ...moved,
        key: freeKey(target, memory.key),
        updatedAt: nextUpdatedAt(memory),
      };
      rows.put(renamed, memory);
      log.note({ action: "updated", before: moved, after: renamed, at: now() }, HOUSEKEEPING);
    }
  };
