import type { MemoryActor } from "@steward/core/memory/memory-rights";
import type { MemoryAuthor } from "@steward/core/memory/memory-service";

/** Who asks, as requests name them. */
interface Speaker {
  inBotId?: string | undefined;
  inChatId?: string | undefined;
  userId?: string | undefined;
  userName?: string | null | undefined;
}

/** For whom rights are looked up. */
export const actorIn = ({ inBotId, inChatId, userId }: Speaker): MemoryActor => ({
  ...(inBotId !== undefined && inChatId !== undefined && { chat: { botId: inBotId, chatId: inChatId } }),
  ...(userId !== undefined && { userId }),
});

/** Who the history says it was: a person of a bot, or whatever program has the token. */
export const authorOf = ({ userId, userName }: Speaker): MemoryAuthor => ({
  origin: userId === undefined ? "client" : "person",
  userId: userId ?? null,
  userName: userName ?? null,
  turnId: null,
  messageId: null,
});
