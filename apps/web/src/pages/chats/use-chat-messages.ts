import { ApiError } from "@steward/client/api-error";
import { listHistoryMessages } from "@steward/contract/history";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { api } from "../../api/client.ts";
import { messagesKey } from "../../api/history.ts";
import {
  allMessages,
  type ChatPage,
  type ChatPages,
  isAtEnd,
  withEarlier,
  withLater,
  withNewest,
} from "./chat-pages.ts";
import { type PagePlace, readAgain } from "./read-again.ts";

const PAGE = 50;
const NOTHING: ChatPage = { messages: [], earlier: null, later: null };

const follows = (held: ChatPages, { before, after }: PagePlace): boolean =>
  before === undefined ? held.at(-1)?.later === after : held[0].earlier === before;

export interface ChatMessages {
  pages: ChatPages | null;
  error: unknown;
  /** Nothing is said here: nothing ever was, or it was deleted. */
  isEmpty: boolean;
  /** Something was said here, and was deleted. */
  isGone: boolean;
  /** The message to begin at was deleted; what is shown is the end of its chat. */
  isStartGone: boolean;
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
  const latest = useRef(pages);
  latest.current = pages;
  const fetchPage = useCallback(
    async (place: PagePlace, signal?: AbortSignal): Promise<ChatPage> =>
      api.call(listHistoryMessages, { query: { botId, sessionId, limit: PAGE, ...place }, signal }),
    [botId, sessionId],
  );
  const opening = useQuery({
    queryKey: [...messagesKey(botId, sessionId), "at", start],
    // A message that was deleted is in no chat: the chat itself may be there all the same.
    queryFn: ({ signal }) =>
      fetchPage({ around: start ?? 0 }, signal).catch((error) =>
        isNotFound(error) ? fetchPage({}, signal).catch(nothingThere) : Promise.reject(error),
      ),
    enabled: start !== null && pages === null,
    gcTime: 0,
  });
  // Told of news as long as they follow on what is held.
  const newest = useQuery({
    queryKey: messagesKey(botId, sessionId),
    queryFn: ({ signal }) => fetchPage({}, signal).catch(nothingThere),
    enabled: pages === null ? start === null : isAtEnd(pages),
  });
  // Whenever the history has changed; the newest page of it is read anyway.
  const again = useQuery({
    queryKey: [...messagesKey(botId, sessionId), "again", at],
    queryFn: async ({ signal }) => {
      for (;;) {
        const held = latest.current;
        if (held === null || (isAtEnd(held) && allMessages(held).length <= PAGE)) return null;
        const read = await readAgain(held, (place) => fetchPage(place, signal)).catch(
          (error): ChatPages => [nothingThere(error)],
        );
        // Somebody may have scrolled on meanwhile.
        if (latest.current === held) return { held, read };
      }
    },
    enabled: pages !== null,
    initialData: null,
    structuralSharing: false,
    gcTime: 0,
  });
  useEffect(() => {
    if (opening.data) setPages((held) => held ?? [opening.data]);
  }, [opening.data]);
  useEffect(() => {
    const page = newest.data;
    if (page) setPages((held) => (held === null ? (start === null ? [page] : null) : withNewest(held, page)));
  }, [newest.data, start]);
  useEffect(() => {
    if (again.data) setPages((held) => (held === again.data?.held ? again.data.read : held));
  }, [again.data]);

  const isEmpty = pages !== null && isAtEnd(pages) && pages.every(({ messages }) => messages.length === 0);
  const [hadSome, setHadSome] = useState(at !== null);
  useEffect(() => {
    if (pages !== null && !isEmpty) setHadSome(true);
  }, [pages, isEmpty]);

  const load = (place: PagePlace | null, put: (held: ChatPages, page: ChatPage) => ChatPages): void => {
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
    isEmpty,
    isGone: isEmpty && hadSome,
    isStartGone:
      opening.data !== undefined && !isEmpty && !opening.data.messages.some(({ id }) => id === start),
    loadEarlier: () => load(earlier === null ? null : { before: earlier }, withEarlier),
    loadLater: () => load(later === null ? null : { after: later }, withLater),
    toEnd: (failed) => {
      setStart(null);
      void fetchPage({}).then((page) => setPages([page]), failed);
    },
    retry: () => void (start === null ? newest : opening).refetch(),
  };
};

const isNotFound = (error: unknown): boolean => error instanceof ApiError && error.status === 404;

/** A chat in which nothing was said yet, or no longer is, is no failure. */
const nothingThere = (error: unknown): ChatPage => {
  if (isNotFound(error)) return NOTHING;
  throw error;
};
