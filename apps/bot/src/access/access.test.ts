import { ApiError } from "@steward/client/api-error";
import type { AccessEntry } from "@steward/contract/access";
import { createFakeClock } from "@steward/platform/clock";
import { createSilentLogger } from "@steward/platform/logger";
import { describe, expect, test } from "vitest";
import { createAccessBook } from "./access-book.ts";
import { createPairingDesk } from "./pairing-desk.ts";

const entry = (userId: string, createdAt: number): AccessEntry => ({
  botId: "4242",
  userId,
  role: "owner",
  username: null,
  name: null,
  createdAt,
});

describe("the access book", () => {
  test("before the API's first word there is no list at all", () => {
    expect(createAccessBook(1_000).list).toBeNull();
  });

  test("says who was let in while we run, once", () => {
    const book = createAccessBook(1_000);
    expect(book.update([entry("1", 500)])).toEqual([]);
    expect(book.update([entry("1", 500), entry("2", 1_500)]).map(({ userId }) => userId)).toEqual(["2"]);
    expect(book.update([entry("1", 500), entry("2", 1_500)])).toEqual([]);
    expect(book.list).toEqual({ userIds: ["1", "2"], chatIds: [] });
  });

  test("who lost access is no longer in it, and is welcomed again after being let in again", () => {
    const book = createAccessBook(1_000);
    book.update([entry("2", 1_500)]);
    expect(book.update([])).toEqual([]);
    expect(book.list).toEqual({ userIds: [], chatIds: [] });
    expect(book.update([entry("2", 2_500)])).toHaveLength(1);
  });
});

describe("the pairing desk", () => {
  function start(failure: Error | null = null) {
    const clock = createFakeClock();
    const said: { chatId: string; text: string }[] = [];
    let asked = 0;
    const desk = createPairingDesk({
      botId: "4242",
      steward: {
        requestPairing: () => {
          asked += 1;
          if (failure !== null) return Promise.reject(failure);
          return Promise.resolve({ code: "ACDEFGHJ", expiresAt: 0, fresh: asked === 1 });
        },
      },
      messenger: {
        say: ({ chatId }, { text }) => {
          said.push({ chatId, text });
          return Promise.resolve(1);
        },
      },
      clock,
      log: createSilentLogger(),
    });
    const knock = (id = "66", language: "en" | "zh" = "en") =>
      desk.knock({ id, username: "eve", name: "Eve", language });
    return { clock, said, desk, knock, asked: () => asked };
  }

  test("shows the code and what to do with it, in the stranger's own chat", async () => {
    const { said, knock, desk } = start();
    await knock("66", "zh");
    expect(said).toEqual([{ chatId: "66", text: expect.stringContaining("ACDEFGHJ") }]);
    expect(said[0]?.text).toContain("npm run -s steward -- pair approve ACDEFGHJ");
    expect(desk.languageOf("66")).toBe("zh");
  });

  test("whoever knocks a hundred times a minute is answered once", async () => {
    const { said, knock, asked, clock } = start();
    for (let time = 0; time < 100; time++) await knock();
    expect(said).toHaveLength(1);
    expect(asked()).toBe(1);
    await clock.advance(60_000);
    await knock();
    expect(said).toHaveLength(2);
  });

  test("when too many are waiting, further strangers hear nothing", async () => {
    const { said, knock } = start(new ApiError({ status: 429, code: "pairing_too_many", detail: "three" }));
    await knock();
    expect(said).toEqual([]);
  });
});
