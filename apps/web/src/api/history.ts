import { type HistorySession, listHistorySessions } from "@steward/contract/history";
import { type InfiniteData, useInfiniteQuery } from "@tanstack/react-query";
import { api } from "./client.ts";
import { queryKey } from "./keys.ts";

const allSessions = ({ pages }: InfiniteData<{ sessions: HistorySession[] }>): HistorySession[] =>
  pages.flatMap(({ sessions }) => sessions);

/** Every conversation there is, from every door, the latest first; all that were asked for so far, and more page by page. */
export const useHistorySessions = () =>
  useInfiniteQuery({
    queryKey: queryKey("history", "sessions"),
    queryFn: ({ pageParam, signal }) =>
      api.call(listHistorySessions, {
        query: { limit: 50, ...(pageParam && { cursor: pageParam }) },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: ({ next }) => next,
    select: allSessions,
  });

/** What was read of a chat. */
export const messagesKey = (botId: string, sessionId: string) =>
  queryKey("history", "messages", botId, sessionId);
