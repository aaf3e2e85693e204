import { ApiError } from "@steward/client/api-error";
import type { AccessEntry } from "@steward/contract/access";
import { createFakeClock } from "@steward/platform/clock";
import { createSilentLogger } from "@steward/platform/logger";
import { describe, expect, test } from "vitest";
import { type AccessWord, createAccessBook } from "./access-book.ts";
import { createPairingDesk } from "./pairing-desk.ts";

const entry = (userId: string, createdAt: number): AccessEntry => ({
  botId: "4242",
  userId,
  role: "owner",
  username: null,
  name: null,
  createdAt,
});

const word = (entries: AccessEntry[], more: Partial<AccessWord> = {}): AccessWord => ({
  entries,
  chats: [],
  moves: [],
  ...more,
});

describe("the access book", () => {
  test("before the API's first word there is no list at all", () => {
    expect(createAccessBook(1_000).list).toBeNull();
  });

  test("says who was let in while we run, once", () => {
    const book = createAccessBook(1_000);
    expect(book.update(word([entry("1", 500)]))).toEqual([]);
    expect(book.update(word([entry("1", 500), entry("2", 1_500)])).map(({ userId }) => userId)).toEqual([
      "2",
    ]);
    expect(book.update(word([entry("1", 500), entry("2", 1_500)]))).toEqual([]);
    expect(book.list).toEqual({ userIds: ["1", "2"], managerIds: ["1", "2"], chats: [] });
  });

  test("who lost access is no longer in it, and is welcomed again after being let in again", () => {
    const book = createAccessBook(1_000);
    book.update(word([entry("2", 1_500)]));
    expect(book.update(word([]))).toEqual([]);
    expect(book.list).toEqual({ userIds: [], managerIds: [], chats: [] });
    expect(book.update(word([entry("2", 2_500)]))).toHaveLength(1);
  });
});

describe("the pairing desk", () => {
  function start(failure: Error | null = null, redeem: Error | null = null) {
    const redeemed: string[] = [];
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
        redeemInvitation: ({ userId, code }) => {
          redeemed.push(code);
          return redeem === null ? Promise.resolve(entry(userId, 1)) : Promise.reject(redeem);
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
    const knock = (id = "66", language: "en" | "zh" = "en", invitation = "") =>
      desk.knock({ id, username: "eve", name: "Eve", language }, invitation);
    return { clock, said, desk, knock, redeemed, asked: () => asked };
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

  test("by an invitation somebody comes in, is no stranger who waits, and is welcomed in their language", async () => {
    const { said, knock, redeemed, asked, desk } = start();
    await knock("66", "zh", "AbC-123");
    expect(redeemed).toEqual(["AbC-123"]);
    expect([asked(), said]).toEqual([0, []]);
    expect(desk.languageOf("66")).toBe("zh");
  });

  test("an invitation that is not valid is said to be so once a minute, and every one is looked at", async () => {
    const { said, knock, redeemed, clock } = start(
      null,
      new ApiError({ status: 404, code: "invitation_invalid", detail: "unknown" }),
    );
    for (let time = 0; time < 10; time++) await knock("66", "zh", `guess${time}`);
    expect(redeemed).toHaveLength(10);
    expect(said).toEqual([{ chatId: "66", text: expect.stringContaining("这个邀请") }]);
    await clock.advance(60_000);
    await knock("66", "en", "again");
    expect(said[1]?.text).toContain("This invitation is unknown, used or expired.");
    // It is no knock: the code that they may ask for comes at once.
    await knock();
    expect(said[2]?.text).toContain("ACDEFGHJ");
  });
});
