import type { AccessEntry } from "@steward/contract/access";
import type { FrontEndEvent } from "@steward/contract/deliveries";
import type { AccessList } from "@steward/telegram/access";

/** Who may use this bot and where, as the API says it. */
export type AccessWord = Pick<Extract<FrontEndEvent, { type: "access" }>, "entries" | "chats" | "moves">;

/**
 * Who may use this bot, as the API last said. While the API is away the last list stays; before its first word there
 * is none, and then nobody is let in.
 */
export interface AccessBook {
  readonly list: AccessList | null;
  /** Null: not let in by name. */
  roleOf(userId: string): AccessEntry["role"] | null;
  /** The id under which a chat lives on. */
  presentId(chatId: string): string;
  /** Takes the API's word, and answers who was let in while we run and has not been welcomed. */
  update(word: AccessWord): AccessEntry[];
}

/** @param startedAt UTC ms; who was let in before has been welcomed, or has not waited for it. */
export function createAccessBook(startedAt: number): AccessBook {
  let list: AccessList | null = null;
  let roles = new Map<string, AccessEntry["role"]>();
  let moved = new Map<string, string>();
  const seen = new Set<string>();
  return {
    get list() {
      return list;
    },
    roleOf: (userId) => roles.get(userId) ?? null,
    presentId: (chatId) => moved.get(chatId) ?? chatId,
    update({ entries, chats, moves }) {
      roles = new Map(entries.map(({ userId, role }) => [userId, role]));
      moved = new Map(moves.map(({ fromChatId, toChatId }) => [fromChatId, toChatId]));
      list = {
        userIds: entries.map(({ userId }) => userId),
        managerIds: entries.filter(({ role }) => role !== "user").map(({ userId }) => userId),
        chats: chats
          .filter(({ leftAt }) => leftAt === null)
          .map(({ chatId, admits, listensTo }) => ({
            id: chatId,
            admitsEveryone: admits === "everyone",
            listensAlways: listensTo === "always",
          })),
      };
      const fresh = entries.filter(
        ({ userId, createdAt }) => createdAt >= startedAt && !seen.has(`${userId} ${createdAt}`),
      );
      for (const { userId, createdAt } of entries) seen.add(`${userId} ${createdAt}`);
      return fresh;
    },
  };
}
