import type { HistoryMessage } from "@steward/contract/history";
import { replaceEqualDeep } from "@tanstack/react-query";
import { allMessages, type ChatPage, type ChatPages, isBefore } from "./chat-pages.ts";

/** Where a page of a chat begins: at the newest without any of `before`, `after` and `around`. */
export interface PagePlace {
  before?: string;
  after?: string;
  around?: number;
  limit?: number;
}

/** As many as the API gives at once. */
const MOST = 200;

/**
 * What stands now where the held messages stood: changed ones as they are now, without those that were deleted, at the
 * end of the chat with those that came since. What has not changed is the same object as before, so it is not drawn again.
 */
export const readAgain = async (
  held: ChatPages,
  fetchPage: (place: PagePlace) => Promise<ChatPage>,
): Promise<ChatPages> => {
  const known = allMessages(held);
  const [first, last] = [known[0], known.at(-1)];
  if (!first || !last) return held;
  const later = held.at(-1)?.later ?? null;
  // A cursor names a place, also when what stood there is gone: what is held ends before the next message after it.
  const end = later === null ? null : (await fetchPage({ after: later, limit: 1 })).earlier;
  const newest = await fetchPage({ limit: MOST, ...(end !== null && { before: end }) });
  const isFarAhead = (page: ChatPage): boolean => !page.messages[0] || isBefore(last, page.messages[0]);
  // So much is new that nothing meets.
  if (end === null && isFarAhead(newest)) return [newest];

  const read = [newest];
  for (let page = newest; page.earlier !== null && page.messages[0] && isBefore(first, page.messages[0]); ) {
    page = await fetchPage({ before: page.earlier, limit: MOST });
    read.unshift(page);
  }
  const before = new Map(known.map((message) => [message.id, message]));
  const messages = allMessages(read)
    .filter((message) => held[0].earlier === null || !isBefore(message, first))
    .map((message) => replaceEqualDeep(before.get(message.id), message) as HistoryMessage);
  const [oldest, ...rest] = divide(held, messages);
  // All of it is gone: one reads on where it stood.
  if (!oldest) return [end === null || later === null ? newest : await fetchPage({ after: later })];
  return end === null ? endingWith(null, [oldest, ...rest]) : [oldest, ...rest];
};

/** Puts each message to the page on which its place is. Pages on which nothing is left go. */
const divide = (held: ChatPages, messages: readonly HistoryMessage[]): ChatPage[] => {
  const pages = held.map((page) => ({ ...page, begin: page.messages[0], messages: [] as HistoryMessage[] }));
  for (const message of messages) {
    const page = pages.findLast(({ begin }) => begin && !isBefore(message, begin)) ?? pages[0];
    page?.messages.push(message);
  }
  return pages.flatMap(({ begin: _, ...page }) => (page.messages.length > 0 ? [page] : []));
};

const endingWith = (later: string | null, [first, ...rest]: ChatPages): ChatPages => {
  const last = rest.pop();
  return last ? [first, ...rest, { ...last, later }] : [{ ...first, later }];
};
