import type { HistoryMessage } from "@steward/contract/history";

/** A page of a chat's history as the API gives it, oldest first. */
export interface ChatPage {
  readonly messages: readonly HistoryMessage[];
  /** Cursors; null: nothing is there on that side. */
  readonly earlier: string | null;
  readonly later: string | null;
}

/** The pages that are held, side by side, oldest first. Never empty. */
export type ChatPages = readonly [ChatPage, ...ChatPage[]];

/** More are not held: what is far away is asked for again when somebody goes there. */
const MOST_PAGES = 10;

export const allMessages = (pages: readonly ChatPage[]): HistoryMessage[] =>
  pages.flatMap(({ messages }) => messages);

/** Messages follow one another by time, then by number: what was imported has later numbers than what it stands before. */
export const isBefore = (a: HistoryMessage, b: HistoryMessage): boolean => (a.at - b.at || a.id - b.id) < 0;

export const withEarlier = (pages: ChatPages, page: ChatPage): ChatPages => [
  page,
  ...pages.slice(0, MOST_PAGES - 1),
];

export const withLater = (pages: ChatPages, page: ChatPage): ChatPages => {
  const kept = [...pages, page].slice(-MOST_PAGES);
  const [first = page, ...rest] = kept;
  return [first, ...rest];
};

/** Whether the newest message is among what is held. */
export const isAtEnd = (pages: ChatPages): boolean => pages.at(-1)?.later === null;

/**
 * With the newest page as it is now: what is new is added, what has changed is replaced, what was deleted goes. Somebody
 * who reads far back stays there; where so much is new that the pages no longer meet, only the newest is held.
 */
export const withNewest = (pages: ChatPages, newest: ChatPage): ChatPages => {
  if (!isAtEnd(pages)) return pages;
  const first = newest.messages[0];
  if (!first) return [newest];
  const [oldest] = pages;
  const known = allMessages(pages);
  const before = known.filter((message) => isBefore(message, first));
  if (before.length === 0 || before.length === known.length) return [newest];
  // One page from here on, with the beginning of the oldest: its cursor leads on to what is earlier.
  return [{ messages: [...before, ...newest.messages], earlier: oldest.earlier, later: null }];
};
