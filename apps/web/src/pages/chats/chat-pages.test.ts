import type { HistoryMessage } from "@steward/contract/history";
import { describe, expect, test } from "vitest";
import {
  allMessages,
  type ChatPage,
  type ChatPages,
  isAtEnd,
  withEarlier,
  withLater,
  withNewest,
} from "./chat-pages.ts";

const message = (id: number, text = `m${id}`): HistoryMessage => ({
  ...{ id, role: "user", text, source: "web", at: id, userId: null, userName: null, turnId: null },
  ...{ messageId: null, turn: null, files: [] },
});
const page = (from: number, to: number, ends: Partial<ChatPage> = {}): ChatPage => ({
  messages: Array.from({ length: to - from + 1 }, (_, n) => message(from + n)),
  earlier: `before-${from}`,
  later: `after-${to}`,
  ...ends,
});
const ids = (pages: ChatPages) => allMessages(pages).map(({ id }) => id);
const last = { later: null };

describe("what is held of a chat", () => {
  test("grows on both sides, and lets go of what is far away", () => {
    let pages: ChatPages = [page(500, 509)];
    for (let n = 1; n <= 12; n++) pages = withEarlier(pages, page(500 - 10 * n, 509 - 10 * n));
    expect(pages).toHaveLength(10);
    expect(pages[0].earlier).toBe("before-380");
    expect(pages.at(-1)?.later).toBe("after-479");
    expect(isAtEnd(pages)).toBe(false);
    for (let n = 1; n <= 3; n++)
      pages = withLater(pages, page(470 + 10 * n, 479 + 10 * n, n === 3 ? last : {}));
    expect(pages).toHaveLength(10);
    expect(pages[0].earlier).toBe("before-410");
    expect(isAtEnd(pages)).toBe(true);
  });

  test("takes in what is new, changed and gone, when it is read at its end", () => {
    const held: ChatPages = [page(1, 10), page(11, 20, last)];
    const newest = {
      ...page(15, 22, last),
      messages: [message(15), message(17, "edited"), message(21), message(22)],
    };
    const pages = withNewest(held, newest);
    expect(ids(pages)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 17, 21, 22]);
    expect(allMessages(pages).find(({ id }) => id === 17)?.text).toBe("edited");
    expect(pages[0].earlier).toBe("before-1");
    expect(isAtEnd(pages)).toBe(true);
  });

  test("stays where somebody reads further up", () => {
    const held: ChatPages = [page(1, 10)];
    expect(withNewest(held, page(90, 99, last))).toBe(held);
  });

  test("begins anew where so much is new that nothing meets, and where nothing is left", () => {
    expect(ids(withNewest([page(1, 10, last)], page(90, 99, last)))).toEqual([
      90, 91, 92, 93, 94, 95, 96, 97, 98, 99,
    ]);
    const nothing: ChatPage = { messages: [], earlier: null, later: null };
    expect(withNewest([page(1, 10, last)], nothing)).toEqual([nothing]);
  });
});
