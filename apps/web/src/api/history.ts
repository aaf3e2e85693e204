import { type HistorySession, listHistorySessions } from "@steward/contract/history";
import { type ChatAddress, legacySessionId } from "@steward/contract/ids";
import { useInfiniteQuery } from "@tanstack/react-query";
import { api } from "./client.ts";
import { queryKey } from "./keys.ts";

/** Every conversation there is, from every door, the latest first; page by page. */
export const useHistorySessions = (botId?: string) =>
  useInfiniteQuery({
    queryKey: queryKey("history", "sessions", botId ?? null),
    queryFn: ({ pageParam, signal }) =>
      api.call(listHistorySessions, {
        query: { limit: 50, ...(botId && { botId }), ...(pageParam && { cursor: pageParam }) },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: ({ next }) => next,
  });

/** What was read of a chat. */
export const messagesKey = (botId: string, sessionId: string) =>
  queryKey("history", "messages", botId, sessionId);

/** What a chat is called: its title, else where it is. */
export const chatName = ({ title, chat, sessionId }: HistorySession): string =>
  title ?? (chat ? `${chat.chatId}${chat.threadId === "" ? "" : ` · ${chat.threadId}`}` : sessionId);

/** What chats are called, by their address; those that nothing is known of by the address itself. */
export const useChatNames = (): ((chat: ChatAddress) => string) => {
  const { data } = useHistorySessions();
  const names = new Map<string, string>();
  for (const { sessions } of data?.pages ?? []) {
    for (const session of sessions) names.set(`${session.botId} ${session.sessionId}`, chatName(session));
  }
  return (chat) => names.get(`${chat.botId} ${legacySessionId(chat)}`) ?? `${chat.botId} · ${chat.chatId}`;
};
