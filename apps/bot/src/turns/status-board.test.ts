import type { TurnSnapshot } from "@steward/contract/deliveries";
import type { TurnEvent, TurnEventBody } from "@steward/contract/turn-events";
import { createFakeClock } from "@steward/platform/clock";
import { createSilentLogger } from "@steward/platform/logger";
import { createLanes } from "@steward/telegram/lanes";
import { describe, expect, test } from "vitest";
import { CHAT, snapshotOf, TURN } from "../../test/tiny-steward.ts";
import { TinyTelegram } from "../../test/tiny-telegram.ts";
import { createMessenger } from "../outbound/messenger.ts";
import { StatusBoard } from "./status-board.ts";

function start() {
  const clock = createFakeClock();
  const log = createSilentLogger();
  const telegram = new TinyTelegram();
  const lanes = createLanes({ api: telegram.api, clock });
  const reported: number[] = [];
  const active: boolean[] = [];
  const state = { winner: null as number | null, answer: null as Promise<number> | null, mayPlace: true };
  const board = new StatusBoard({
    lanes,
    messenger: createMessenger({ lanes, clock, log }),
    steward: {
      setPlaceholder: (_turnId, messageId) => {
        reported.push(messageId);
        return state.answer ?? Promise.resolve(state.winner ?? messageId);
      },
    },
    onActivity: (_address, isActive) => active.push(isActive),
    mayPlace: () => state.mayPlace,
    clock,
    log,
  });
  return {
    clock,
    telegram,
    board,
    reported,
    state,
    isActive: () => active.at(-1),
    open: (more: Partial<TurnSnapshot> = {}) => board.open(snapshotOf({ receivedAt: clock.now(), ...more })),
    event: (body: TurnEventBody) =>
      // The body comes from a test that the compiler has checked.
      board.apply({ v: 1, turnId: TURN, at: clock.now(), ...body } as TurnEvent),
  };
}

describe("StatusBoard", () => {
  test("a turn that ends at once has no status message", async () => {
    const { board, telegram, clock, open, event } = start();
    open();
    event({ type: "started", start: "warm" });
    await clock.advance(390);
    expect(await board.release(TURN, "77")).toBeNull();
    await clock.advance(10_000);
    expect(telegram.methods()).toEqual([]);
  });

  test("well within a second it shows what is going on, silently, with a stop button, and says where", async () => {
    const { telegram, clock, open, event, reported } = start();
    open();
    event({ type: "started", start: "warm" });
    await clock.advance(450);
    expect(telegram.in(77)).toMatchObject([
      { silent: true, text: "💭 Thinking… 0:00", buttons: [`s:${TURN}`], replyTo: null },
    ]);
    expect(reported).toEqual([1]);
  });

  test("a good piece of text is shown at once", async () => {
    const { telegram, clock, open, event } = start();
    open();
    event({ type: "text", offset: 0, text: "This is already more than thirty characters." });
    await clock.advance(10);
    expect(telegram.in(77)).toHaveLength(1);
  });

  test("the text of the answer comes by edit only: a stray copy of the message holds none of it", async () => {
    const { telegram, clock, open, event } = start();
    open();
    event({ type: "text", offset: 0, text: "This is already more than thirty characters." });
    await clock.advance(3_000);
    const [message] = telegram.in(77);
    expect(message?.texts[0]).not.toContain("thirty");
    expect(message?.text).toContain("thirty characters.");
  });

  test("a waiting turn says its place at once, as a reply, without typing", async () => {
    const { telegram, clock, open, event, isActive } = start();
    open();
    event({ type: "queued", position: 2, held: false });
    await clock.advance(400);
    expect(telegram.in(77)).toMatchObject([{ text: "⏳ Queued (#2)", replyTo: 7, silent: true }]);
    expect(isActive()).toBe(false);
    event({ type: "started", start: "warm" });
    await clock.advance(2_000);
    expect(telegram.shown(77)).toEqual([expect.stringContaining("💭 Thinking…")]);
    expect(isActive()).toBe(true);
  });

  test("a turn that only passes through the queue is not told as queued", async () => {
    const { telegram, clock, open, event } = start();
    open();
    event({ type: "queued", position: 1, held: false });
    await clock.advance(100);
    event({ type: "started", start: "warm" });
    await clock.advance(1_500);
    expect(telegram.in(77).flatMap(({ texts }) => texts)[0]).toBe("💭 Thinking… 0:00");
  });

  test("many events make few edits", async () => {
    const { telegram, clock, open, event } = start();
    open();
    for (let offset = 0; offset < 400; offset++) {
      event({ type: "text", offset: offset * 5, text: "word " });
      await clock.advance(10);
    }
    await clock.advance(2_000);
    expect(telegram.calls.length).toBeLessThanOrEqual(8);
    expect(telegram.shown(77)[0]).toContain("word ".repeat(400).trim());
  });

  test("the elapsed time goes on while nothing happens", async () => {
    const { telegram, clock, open, event } = start();
    open();
    event({ type: "started", start: "warm" });
    await clock.advance(12_000);
    expect(telegram.shown(77)[0]).toMatch(/^💭 Thinking… 0:1[01]$/);
  });

  test("released, it stands still and names its message, also while that is on its way", async () => {
    const { board, telegram, clock, open, event } = start();
    open();
    event({ type: "started", start: "warm" });
    let arrive = (): void => undefined;
    telegram.gate = () => new Promise((resolve) => (arrive = resolve));
    await clock.advance(1_000);
    expect(telegram.methods()).toEqual(["sendMessage"]);
    const released = board.release(TURN, "77");
    arrive();
    expect(await released).toEqual({ messageId: 1, replaces: null });
    const calls = telegram.calls.length;
    event({ type: "text", offset: 0, text: "late" });
    await clock.advance(20_000);
    expect(telegram.calls).toHaveLength(calls);
  });

  test("when the API knows another message, ours is taken away and that one is used", async () => {
    const { board, telegram, clock, open, event, state } = start();
    const other = await telegram.api.call("sendMessage", { chat_id: 77, text: "from before" });
    state.winner = other.message_id;
    open();
    event({ type: "started", start: "warm" });
    await clock.advance(4_000);
    expect(telegram.in(77)).toHaveLength(1);
    expect(telegram.in(77)[0]).toMatchObject({
      id: other.message_id,
      text: expect.stringContaining("Thinking"),
    });
    expect(await board.release(TURN, "77")).toEqual({ messageId: other.message_id, replaces: null });
  });

  test("after a restart the message that was sent before goes on", async () => {
    const { telegram, clock, open } = start();
    const before = await telegram.api.call("sendMessage", { chat_id: 77, text: "from before" });
    open({ state: "running", startedAt: clock.now(), placeholderId: before.message_id, text: "so far" });
    await clock.advance(2_000);
    expect(telegram.in(77)).toHaveLength(1);
    expect(telegram.shown(77)[0]).toContain("so far");
  });

  test("a press on stop is seen at once and takes the button away", async () => {
    const { board, telegram, clock, open, event } = start();
    open();
    event({ type: "started", start: "warm" });
    await clock.advance(3_000);
    board.markStopping(TURN);
    await clock.advance(1_500);
    expect(telegram.in(77)[0]).toMatchObject({ text: expect.stringContaining("Stopping"), buttons: [] });
  });

  test("messages stand in the order of their turns, though a later turn needs one first", async () => {
    const { board, telegram, clock, open } = start();
    const later = "0193f0a2-7c11-7000-8000-00000000002b";
    open({ state: "running", startedAt: clock.now() });
    board.open(snapshotOf({ turnId: later, receivedAt: clock.now(), state: "queued", queuePosition: 1 }));
    await clock.advance(400);
    expect(telegram.in(77).map(({ text }) => text)).toEqual(["💭 Thinking… 0:00", "⏳ Queued (#1)"]);
  });

  test("no message is placed above an earlier answer that has no place yet", async () => {
    const { telegram, clock, open, state } = start();
    state.mayPlace = false;
    open({ state: "running", startedAt: clock.now() });
    await clock.advance(5_000);
    expect(telegram.in(77)).toEqual([]);
    state.mayPlace = true;
    await clock.advance(500);
    expect(telegram.in(77)).toHaveLength(1);
  });

  test("when an answer has grown below it, it goes on in a new message at the end", async () => {
    const { board, telegram, clock, open, reported } = start();
    open({ state: "running", startedAt: clock.now(), text: "a text of more than thirty characters" });
    await clock.advance(3_000);
    await telegram.api.call("sendMessage", { chat_id: 77, text: "another answer's last part" });
    board.keepBelow(CHAT, 2);
    await clock.advance(5_000);
    expect(telegram.in(77).map(({ id }) => id)).toEqual([2, 3]);
    expect(telegram.shown(77)[1]).toContain("thirty characters");
    expect(reported).toEqual([1, 3]);
    expect(await board.release(TURN, "77")).toEqual({ messageId: 3, replaces: null });
  });

  test("row 40: a message that has moved says nothing of the answer until the API knows it: a stray one is no copy", async () => {
    const { board, telegram, clock, open, state } = start();
    open({ state: "running", startedAt: clock.now(), text: "a text of more than thirty characters" });
    await clock.advance(3_000);
    await telegram.api.call("sendMessage", { chat_id: 77, text: "another answer's last part" });
    let known: (messageId: number) => void = () => undefined;
    state.answer = new Promise((resolve) => {
      known = resolve;
    });
    board.keepBelow(CHAT, 2);
    await clock.advance(20_000);
    // The API does not answer: whoever starts after us will only know of the first one, which is still there.
    expect(telegram.in(77).map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(telegram.shown(77)[2]).not.toContain("thirty characters");
    known(3);
    await clock.advance(5_000);
    expect(telegram.in(77).map(({ id }) => id)).toEqual([2, 3]);
    expect(telegram.shown(77)[1]).toContain("thirty characters");
  });

  test("knows which chats are busy", () => {
    const { board, open, event } = start();
    expect(board.isBusy(CHAT)).toBe(false);
    open();
    expect(board.isBusy(CHAT)).toBe(true);
    expect(board.isBusy({ ...CHAT, chatId: "78" })).toBe(false);
    event({ type: "final", state: "done", text: "", errorCode: null, usage: null });
    expect(board.isBusy(CHAT)).toBe(false);
  });

  test("a turn that ended while we were away is forgotten", async () => {
    const { board, telegram, clock, open, event, isActive } = start();
    open();
    event({ type: "started", start: "warm" });
    await clock.advance(3_000);
    board.reset([]);
    const calls = telegram.calls.length;
    await clock.advance(20_000);
    expect(telegram.calls).toHaveLength(calls);
    expect(isActive()).toBe(false);
  });
});
