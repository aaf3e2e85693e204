import { ApiError, ApiUnreachable } from "@steward/client/api-error";
import type { InboxUpdate } from "@steward/contract/inbox";
import { createFakeClock } from "@steward/platform/clock";
import { createSilentLogger } from "@steward/platform/logger";
import { describe, expect, test } from "vitest";
import { Intake, type IntakeDeps, type PendingUpdate } from "./intake.ts";
import { OutageNotices } from "./outage-notices.ts";

const chat = { id: 77, type: "private" };
const from = { id: 77, is_bot: false, first_name: "Ada" };
const message = (id: number, text: string, more: object = {}) => ({
  update_id: id,
  message: { message_id: id, date: 1, chat, from, text, ...more },
});
const stranger = { chat: { id: 66, type: "private" }, from: { id: 66, is_bot: false, first_name: "Eve" } };
const refused = (code: string, status: number) => new ApiError({ status, code, detail: code });

function start(more: Partial<IntakeDeps> = {}) {
  const clock = createFakeClock();
  const log = createSilentLogger();
  const posts: InboxUpdate[][] = [];
  const pending: PendingUpdate[] = [];
  const knocks: string[] = [];
  const told: string[] = [];
  const receipts: [string, number][] = [];
  const counts = { register: 0, back: 0 };
  const state = { refuse: (_updates: InboxUpdate[]): Error | null => null };
  const intake = new Intake({
    steward: {
      postInbox: (updates) => {
        const error = state.refuse(updates);
        if (error !== null) return Promise.reject(error);
        posts.push(updates);
        const results = updates.map(({ updateId, kind }) => ({
          updateId,
          inboxId: updateId,
          state:
            kind === "prompt"
              ? ("turn" as const)
              : kind === "denied"
                ? ("ignored" as const)
                : ("pending" as const),
          turnId: null,
          duplicate: false,
        }));
        return Promise.resolve({ ackedThrough: updates.at(-1)?.updateId ?? 0, results });
      },
    },
    access: { list: { userIds: ["77"], managerIds: [], chats: [] }, presentId: (id) => id },
    botUsername: "tiny_bot",
    isBusy: () => false,
    onPending: (row) => pending.push(row),
    onEdited: () => undefined,
    onTurn: ({ chatId }, messageId) => receipts.push([chatId, messageId]),
    onKnock: ({ id }) => knocks.push(id),
    register: () => {
      counts.register += 1;
      return Promise.resolve();
    },
    outage: new OutageNotices({
      botId: "4242",
      messenger: {
        say: ({ chatId }) => {
          told.push(chatId);
          return Promise.resolve(1);
        },
      },
      clock,
      log,
    }),
    onBack: () => {
      counts.back += 1;
    },
    clock,
    log,
    ...more,
  });
  const accept = (...raws: unknown[]) => intake.accept(raws, new AbortController().signal);
  return { intake, accept, clock, posts, pending, knocks, told, receipts, counts, state };
}

describe("Intake", () => {
  test("the offset is answered after the API has the batch, and rows that are the bot's are handed on", async () => {
    const { accept, posts, pending } = start();
    expect(await accept(message(5, "hi"), message(6, "/status"))).toBe(7);
    expect(posts).toHaveLength(1);
    expect(pending.map(({ inboxId, update }) => [inboxId, update.command])).toEqual([[6, "status"]]);
  });

  test("a prompt is acknowledged when it is stored, not before; commands are not", async () => {
    const { accept, state, clock, receipts } = start();
    state.refuse = () => new ApiUnreachable(new Error("down"));
    const work = accept(message(5, "hi"), message(6, "/status"));
    await clock.advance(1_000);
    expect(receipts).toEqual([]);
    state.refuse = () => null;
    await clock.advance(5_000);
    await work;
    expect(receipts).toEqual([["77", 5]]);
  });

  test("without the API there is no offset, and nothing is handed on", async () => {
    const { accept, state, clock, pending } = start();
    state.refuse = () => new ApiUnreachable(new Error("down"));
    const work = accept(message(5, "/status")).catch((error: unknown) => error);
    await clock.advance(60_000);
    expect(await work).toBeInstanceOf(ApiUnreachable);
    expect(pending).toEqual([]);
  });

  test("a short absence of the API is waited out, and its return is told", async () => {
    const { accept, state, clock, posts, counts } = start();
    let failures = 3;
    state.refuse = () => (failures-- > 0 ? new ApiUnreachable(new Error("down")) : null);
    const work = accept(message(5, "hi"));
    await clock.advance(5_000);
    expect(await work).toBe(6);
    expect(posts).toHaveLength(1);
    expect(counts.back).toBe(1);
  });

  test("strangers: only their /start is told of, and nothing of what they write goes on", async () => {
    const { accept, posts, knocks, pending } = start();
    await accept(message(5, "/start", stranger), message(6, "/help", stranger), message(7, "hi", stranger));
    expect(knocks).toEqual(["66"]);
    expect(pending).toEqual([]);
    expect(posts.flat().map(({ kind, raw }) => [kind, raw])).toEqual([
      ["denied", null],
      ["denied", null],
      ["denied", null],
    ]);
  });

  test("in a group an album is meant for the bot when one of its parts is; nobody else's, and no later one", async () => {
    const { accept, posts } = start({
      access: {
        list: {
          userIds: ["77", "78"],
          managerIds: [],
          chats: [{ id: "-100", listensAlways: false, admitsEveryone: false }],
        },
        presentId: (id) => id,
      },
    });
    const group = { id: -100, type: "supergroup" };
    const photo = [{ file_id: "f", file_unique_id: "u", width: 1, height: 1 }];
    const part = (id: number, more: object = {}) =>
      message(id, "", { text: undefined, chat: group, photo, media_group_id: "g1", ...more });
    const caption = "@tiny_bot look";
    const caption_entities = [{ type: "mention", offset: 0, length: 9 }];
    // The part with the caption need not be the first.
    await accept(part(5), part(6, { caption, caption_entities }));
    await accept(part(7), part(8, { media_group_id: "g2" }), part(9, { from: { ...from, id: 78 } }));
    expect(posts.flat().map(({ updateId, kind }) => [updateId, kind])).toEqual([
      ...[5, 6, 7].map((id) => [id, "prompt"]),
      ...[8, 9].map((id) => [id, "denied"]),
    ]);
  });

  test("without an access list everybody is a stranger, and not even a /start is heard", async () => {
    const { accept, posts, knocks } = start({ access: { list: null, presentId: (id) => id } });
    await accept(message(5, "hi"), message(6, "/start"));
    expect(posts.flat().map(({ kind, reason }) => [kind, reason])).toEqual([
      ["denied", "no_access_list"],
      ["denied", "no_access_list"],
    ]);
    expect(knocks).toEqual([]);
  });

  test("a batch with commands is handed in as one, at once: no chat waits for another's command", async () => {
    const { accept, posts } = start();
    const elsewhere = { chat: { id: 78, type: "private" }, from: { ...from, id: 78 } };
    expect(await accept(message(5, "/new"), message(6, "hello"), message(7, "hi", elsewhere))).toBe(8);
    expect(posts.map((updates) => updates.map(({ updateId }) => updateId))).toEqual([[5, 6, 7]]);
  });

  test("one update that the API refuses does not hold up the others, and is confirmed too", async () => {
    const { accept, state, posts } = start();
    state.refuse = (updates) =>
      updates.some(({ text }) => text === "poison") ? refused("validation_failed", 422) : null;
    expect(await accept(message(5, "a"), message(6, "poison"), message(7, "b"))).toBe(8);
    expect(posts.flat().map(({ updateId, kind }) => [updateId, kind])).toEqual([
      [5, "prompt"],
      [6, "malformed"],
      [7, "prompt"],
    ]);
  });

  test("an API that has forgotten the bot is told of it again", async () => {
    const { accept, state, counts } = start();
    state.refuse = () => (counts.register === 0 ? refused("not_found", 404) : null);
    expect(await accept(message(5, "a"))).toBe(6);
  });
});

describe("an outage of the API", () => {
  test("is told after ten seconds, once per chat, to those who are let in and wrote something", async () => {
    const { accept, state, clock, told } = start();
    state.refuse = () => new ApiUnreachable(new Error("down"));
    const batch = [message(5, "a"), message(6, "b"), message(7, "c", stranger)];
    const first = accept(...batch).catch(() => undefined);
    await clock.advance(9_000);
    expect(told).toEqual([]);
    await clock.advance(2_000);
    expect(told).toEqual(["77"]);
    await clock.advance(60_000);
    await first;
    const second = accept(...batch).catch(() => undefined);
    await clock.advance(60_000);
    await second;
    expect(told).toEqual(["77"]);
  });

  test("is told again the next time", async () => {
    const { accept, state, clock, told } = start();
    for (let outage = 0; outage < 2; outage++) {
      state.refuse = () => new ApiUnreachable(new Error("down"));
      const work = accept(message(5, "a"));
      await clock.advance(12_000);
      state.refuse = () => null;
      await clock.advance(3_000);
      expect(await work).toBe(6);
    }
    expect(told).toEqual(["77", "77"]);
  });
});
