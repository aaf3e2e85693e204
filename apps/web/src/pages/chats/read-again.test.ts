import type { HistoryMessage } from "@steward/contract/history";
import { describe, expect, test } from "vitest";
import { allMessages, type ChatPage, type ChatPages } from "./chat-pages.ts";
import { type PagePlace, readAgain } from "./read-again.ts";

const message = (id: number, text = `m${id}`): HistoryMessage => ({
  ...{ id, role: "user", text, source: "web", at: id, userId: null, userName: null, turnId: null },
  ...{ messageId: null, turn: null, files: [] },
});
const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => message(from + n));

/** Answers as the API does: cursors name places, and an answer tells of a side only what it knows of it. */
const chatOf = (messages: HistoryMessage[]) => {
  const asked: PagePlace[] = [];
  return {
    asked,
    fetchPage: async (place: PagePlace): Promise<ChatPage> => {
      asked.push(place);
      const { before, after, limit = 50 } = place;
      const fits = messages.filter(({ id }) => id < Number(before ?? "Infinity") && id > Number(after ?? 0));
      const shown = after === undefined ? fits.slice(-limit) : fits.slice(0, limit);
      const isMore = fits.length > shown.length;
      const [first, last] = [shown[0], shown.at(-1)];
      return {
        messages: structuredClone(shown),
        earlier: (after === undefined ? isMore : true) && first ? String(first.id) : null,
        later: (after === undefined ? before !== undefined : isMore) && last ? String(last.id) : null,
      };
    },
  };
};
const page = (from: number, to: number, ends: Partial<ChatPage> = {}): ChatPage => ({
  ...{ messages: range(from, to), earlier: String(from), later: String(to) },
  ...ends,
});
const ids = (pages: ChatPages) => allMessages(pages).map(({ id }) => id);
const numbers = (from: number, to: number) => range(from, to).map(({ id }) => id);

describe("what is held of a chat, read again", () => {
  test("in the middle is as it is now, and no more of it; what has not changed is the same", async () => {
    const held: ChatPages = [page(101, 150), page(151, 200)];
    const now = range(1, 500).flatMap((each) => {
      if ([101, 160, 200].includes(each.id)) return [];
      return each.id === 170 ? [message(170, "edited")] : [each];
    });
    const pages = await readAgain(held, chatOf(now).fetchPage);
    expect(ids(pages)).toEqual(numbers(102, 199).filter((id) => id !== 160));
    expect(allMessages(pages).find(({ id }) => id === 170)?.text).toBe("edited");
    expect(pages.map(({ earlier, later }) => [earlier, later])).toEqual([
      ["101", "150"],
      ["151", "200"],
    ]);
    const of = (all: ChatPages, id: number) => allMessages(all).find((each) => each.id === id);
    expect(of(pages, 120)).toBe(of(held, 120));
  });

  test("is the end of the chat when everything later is gone", async () => {
    const pages = await readAgain([page(101, 150), page(151, 200)], chatOf(range(1, 180)).fetchPage);
    expect(ids(pages)).toEqual(numbers(101, 180));
    expect(pages.at(-1)?.later).toBeNull();
    const less = await readAgain([page(101, 150), page(151, 200)], chatOf(range(1, 140)).fetchPage);
    expect(ids(less)).toEqual(numbers(101, 140));
    expect(less.at(-1)?.later).toBeNull();
  });

  test("gives way to what stands around it when all of it is gone", async () => {
    const held: ChatPages = [page(101, 150)];
    const around = [...range(1, 100), ...range(151, 400)];
    expect(ids(await readAgain(held, chatOf(around).fetchPage))).toEqual(numbers(151, 200));
    expect(ids(await readAgain(held, chatOf(range(151, 160)).fetchPage))).toEqual(numbers(151, 160));
    expect(ids(await readAgain(held, chatOf(range(1, 100)).fetchPage))).toEqual(numbers(1, 100));
  });

  test("at the end has what is new, however much is held, and begins anew when too much is", async () => {
    const held: ChatPages = [page(1, 450, { earlier: null }), page(451, 500, { later: null })];
    const { fetchPage, asked } = chatOf([...range(2, 500), message(501)]);
    expect(ids(await readAgain(held, fetchPage))).toEqual(numbers(2, 501));
    expect(asked).toHaveLength(3);
    const far = await readAgain([page(451, 500, { later: null })], chatOf(range(1, 2_000)).fetchPage);
    expect(ids(far)).toEqual(numbers(1_801, 2_000));
  });
});
