import type { HistorySession } from "@steward/contract/history";
import { type ChatAddress, legacySessionId } from "@steward/contract/ids";
import { useHistorySessions } from "./history.ts";

/** What a chat is called: its title, else where it is. */
export const chatName = ({ title, chat, sessionId }: HistorySession): string =>
  title ?? (chat ? `${chat.chatId}${chat.threadId === "" ? "" : ` · ${chat.threadId}`}` : sessionId);

/** What sessions are called, by bot and name; null: nothing is known of it. */
export const useSessionNames = (): ((botId: string, sessionId: string) => string | null) => {
  const { data: sessions = [] } = useHistorySessions();
  const names = new Map(
    sessions.map((session) => [`${session.botId} ${session.sessionId}`, chatName(session)]),
  );
  return (botId, sessionId) => names.get(`${botId} ${sessionId}`) ?? null;
};

/** What chats are called, by their address; those that nothing is known of by the address itself. */
export const useChatNames = (): ((chat: ChatAddress) => string) => {
  const nameOf = useSessionNames();
  return (chat) => nameOf(chat.botId, legacySessionId(chat)) ?? `${chat.botId} · ${chat.chatId}`;
};
