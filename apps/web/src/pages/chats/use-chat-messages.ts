import { ApiError } from "@steward/client/api-error";
import { listHistoryMessages } from "@steward/contract/history";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { api } from "../../api/client.ts";
import { queryKey } from "../../api/keys.ts";
import { type ChatPage, type ChatPages, isAtEnd, withEarlier, withLater, withNewest } from "./chat-pages.ts";

const PAGE = 50;

interface Place {
  before?: string;
  after?: string;
  around?: number;
}

const follows = (held: ChatPages, { before, after }: Place): boolean =>
  before === undefined ? held.at(-1)?.later === after : held[0].earlier === before;

export interface ChatMessages {
  pages: ChatPages | null;
  error: unknown;
  /** Nothing was ever said here. */
  isNew: boolean;
  loadEarlier(): void;
  loadLater(): void;
  /** To the newest messages, wherever one reads. */
  toEnd(failed: () => void): void;
  retry(): void;
}

/** A chat's history as far as it is looked at, kept up to date. @param at the message to begin at; null = the newest */
export const useChatMessages = (botId: string, sessionId: string, at: number | null): ChatMessages => {
  const [start, setStart] = useState<number | null>(at);
  const [pages, setPages] = useState<ChatPages | null>(null);
  const busy = useRef(false);
  const fetchPage = useCallback(
    async (place: Place, signal?: AbortSignal): Promise<ChatPage> =>
      api.call(listHistoryMessages, { query: { botId, sessionId, limit: PAGE, ...place }, signal }),
    [botId, sessionId],
  );
  const opening = useQuery({
    queryKey: queryKey("history", "messages", botId, sessionId, start),
    queryFn: ({ signal }) => fetchPage({ around: start ?? 0 }, signal),
    enabled: start !== null,
  });
  // Told of news as long as they follow on what is held.
  const newest = useQuery({
    queryKey: queryKey("history", "messages", botId, sessionId),
    queryFn: ({ signal }) => fetchPage({}, signal).catch(nothingYet),
    enabled: start === null || (pages !== null && isAtEnd(pages)),
  });
  useEffect(() => {
    if (opening.data) setPages((held) => held ?? [opening.data]);
  }, [opening.data]);
  useEffect(() => {
    const page = newest.data;
    if (page) setPages((held) => (held === null ? (start === null ? [page] : null) : withNewest(held, page)));
  }, [newest.data, start]);

  const load = (place: Place | null, put: (held: ChatPages, page: ChatPage) => ChatPages): void => {
    if (place === null || busy.current) return;
    busy.current = true;
    fetchPage(place)
      // What is held may be other pages by now: only what still follows on them is put to them.
      .then((page) => setPages((held) => (held && follows(held, place) ? put(held, page) : held)))
      // The next scrolling tries again; that nobody answers is said above the page.
      .catch(() => undefined)
      .finally(() => {
        busy.current = false;
      });
  };
  const earlier = pages?.[0].earlier ?? null;
  const later = pages?.at(-1)?.later ?? null;
  return {
    pages,
    error: pages === null ? (start === null ? newest.error : opening.error) : null,
    isNew: pages !== null && isAtEnd(pages) && pages.every(({ messages }) => messages.length === 0),
    loadEarlier: () => load(earlier === null ? null : { before: earlier }, withEarlier),
    loadLater: () => load(later === null ? null : { after: later }, withLater),
    toEnd: (failed) => {
      setStart(null);
      void fetchPage({}).then((page) => setPages([page]), failed);
    },
    retry: () => void (start === null ? newest : opening).refetch(),
  };
};

/** A chat in which nothing was said yet is no failure. */
const nothingYet = (error: unknown): ChatPage => {
  if (error instanceof ApiError && error.status === 404) return { messages: [], earlier: null, later: null };
  throw error;
};
