import { type ChatAddress, chatAddressSchema } from "@steward/contract/ids";

/** The bot under which chats of this page live, as those of the terminal do under `cli`. */
export const WEB_BOT = "web";

/**
 * The chat whose history this is; null for a session of another client, which is no chat of ours. Bots have no hyphen and
 * chats no dot in their ids, so a name means one chat only.
 */
export const chatOfSession = (botId: string, sessionId: string): ChatAddress | null => {
  const prefix = `gw-${botId}-`;
  if (!sessionId.startsWith(prefix)) return null;
  const [, chatId, threadId = ""] = /^(.+?)(?:\.t(\d+))?$/.exec(sessionId.slice(prefix.length)) ?? [];
  const parsed = chatAddressSchema.safeParse({ botId, chatId, threadId });
  return parsed.success ? parsed.data : null;
};

/** A chat that does not exist yet; it begins with its first message. */
export const newChatSession = (now: number): string => `gw-${WEB_BOT}-${now.toString(36)}`;
