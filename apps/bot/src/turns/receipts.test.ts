import { createFakeClock } from "@steward/platform/clock";
import { createSilentLogger } from "@steward/platform/logger";
import { createLanes } from "@steward/telegram/lanes";
import { describe, expect, test } from "vitest";
import { CHAT } from "../../test/tiny-steward.ts";
import { cut, refusal, TinyTelegram } from "../../test/tiny-telegram.ts";
import { createReceipts } from "./receipts.ts";

function start() {
  const clock = createFakeClock();
  const telegram = new TinyTelegram();
  const lanes = createLanes({ api: telegram.api, clock });
  const receipts = createReceipts({ lanes, log: createSilentLogger() });
  const reactions = () =>
    telegram.calls
      .filter(({ method }) => method === "setMessageReaction")
      .map(({ args }) => [
        args.message_id,
        (args.reaction as { emoji: string }[]).map(({ emoji }) => emoji).join(),
      ]);
  return { clock, telegram, lanes, receipts, reactions };
}

describe("receipts", () => {
  test("a message is seen at once, and the eyes go when its answer is there", async () => {
    const { clock, receipts, reactions } = start();
    receipts.received(CHAT, 7);
    await clock.advance(0);
    expect(reactions()).toEqual([[7, "👀"]]);
    receipts.answered(CHAT, 7, false);
    await clock.advance(0);
    expect(reactions()).toEqual([
      [7, "👀"],
      [7, ""],
    ]);
  });

  test("a turn that came to nothing leaves a broken heart", async () => {
    const { clock, receipts, reactions } = start();
    receipts.answered(CHAT, 7, true);
    await clock.advance(0);
    expect(reactions()).toEqual([[7, "💔"]]);
  });

  test("they come in order, however late the first one is", async () => {
    const { clock, telegram, receipts, reactions } = start();
    let arrive = (): void => undefined;
    telegram.gate = () => new Promise((resolve) => (arrive = resolve));
    receipts.received(CHAT, 7);
    receipts.answered(CHAT, 7, false);
    await clock.advance(1_000);
    expect(reactions()).toEqual([[7, "👀"]]);
    telegram.gate = () => Promise.resolve();
    arrive();
    await clock.advance(0);
    expect(reactions().at(-1)).toEqual([7, ""]);
  });

  test("everything else in the chat goes first", async () => {
    const { clock, telegram, lanes, receipts } = start();
    let arrive = (): void => undefined;
    telegram.gate = () => new Promise((resolve) => (arrive = resolve));
    const first = lanes.call("sendMessage", { chat_id: 77, text: "one" });
    receipts.received(CHAT, 7);
    const second = lanes.call("sendMessage", { chat_id: 77, text: "two" });
    await clock.advance(0);
    telegram.gate = () => Promise.resolve();
    arrive();
    await Promise.all([first, second]);
    await clock.advance(0);
    expect(telegram.methods()).toEqual(["sendMessage", "sendMessage", "setMessageReaction"]);
  });

  test.each([
    ["400", refusal("setMessageReaction", 400, "Bad Request: REACTION_INVALID"), 1],
    ["403", refusal("setMessageReaction", 403, "Forbidden: bot was blocked by the user"), 1],
    ["a deleted message", refusal("setMessageReaction", 400, "Bad Request: message to react not found"), 3],
    ["a broken line", cut("setMessageReaction"), 3],
  ])(
    "after %s of a chat that forbids them no more are tried there; what passes is no ban",
    async (_, error, calls) => {
      const { clock, telegram, receipts, reactions } = start();
      telegram.trouble = () => ({ error, accepted: false });
      for (const id of [7, 8, 9]) {
        receipts.received(CHAT, id);
        await clock.advance(10);
      }
      expect(reactions()).toHaveLength(calls);
    },
  );
});
