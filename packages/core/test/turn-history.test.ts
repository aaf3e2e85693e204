import type { Hop } from "@steward/contract/turn-history";
import { describe, expect, test } from "vitest";
import { pair, promptUpdate, startCore, until } from "./test-core.ts";

const CHAT = { botId: "4242", chatId: "42", threadId: "" };

/** A paired person's prompt from Telegram, answered and handed to the bot. */
async function answered(text = "hello", messageId = 7) {
  const t = await startCore();
  t.core.bots.register(CHAT.botId, "telegram", "tiny_bot");
  pair(t.core, CHAT.botId, "42");
  const bot = t.frontEnd(CHAT.botId);
  t.driver.script = (turn) => {
    turn.delta("here ");
    turn.answer("here you are");
  };
  const [result] = t.core.inbox.accept(CHAT.botId, [
    promptUpdate(text, { messageId, sentAt: t.clock.now() - 400 }),
  ]).results;
  const turnId = result?.turnId ?? "";
  await t.core.turns.waitForEnd(turnId);
  const [delivery] = t.core.deliveries.open(CHAT.botId);
  return { ...t, bot, turnId, deliveryId: delivery?.id ?? "" };
}

const names = (hops: readonly Hop[]): string[] => hops.map(({ hop }) => hop);

describe("the trace of a turn", () => {
  test("is made of the times that were written down, each try of a delivery among them", async () => {
    const { core, clock, turnId, deliveryId } = await answered();
    await clock.advance(1_000);
    core.deliveries.settle(deliveryId, { outcome: "retry", retryAt: clock.now() + 500, error: "429 flood" });
    await clock.advance(2_000);
    core.deliveries.setPlaceholder(deliveryId, 0, 31);
    core.deliveries.settle(deliveryId, { outcome: "delivered" });

    const trace = core.turnHistory.trace({ turnId });
    expect(names(trace.hops)).toEqual([
      "sent",
      "stored",
      "started",
      "first_text",
      "answer",
      "delivery",
      "attempt",
      "delivered",
    ]);
    const at = Object.fromEntries(trace.hops.map(({ hop, at: time }) => [hop, time]));
    expect((at.stored ?? 0) - (at.sent ?? 0)).toBe(400);
    expect((at.delivered ?? 0) - (at.attempt ?? 0)).toBe(2_000);
    expect(trace.hops.find(({ hop }) => hop === "attempt")?.detail).toBe("429 flood");
    expect(trace.deliveries).toEqual([expect.objectContaining({ state: "delivered", messageIds: [31] })]);
    expect(trace.turn).toMatchObject({ id: turnId, state: "done", prompt: "hello", costUsd: 0.001 });
  });

  test("is found by the person's message, by the answer's, and as the chat's last", async () => {
    const { core, turnId, deliveryId } = await answered("hello", 12);
    core.deliveries.setPlaceholder(deliveryId, 0, 31);
    for (const messageId of [12, 31, undefined])
      expect(core.turnHistory.trace({ address: CHAT, messageId }).turn.id).toBe(turnId);
    expect(() => core.turnHistory.trace({ address: CHAT, messageId: 99 })).toThrow("no such turn");
    const other = { ...CHAT, chatId: "43" };
    expect(() => core.turnHistory.trace({ address: other, messageId: 31 })).toThrow("no such turn");
  });

  test("says that its log was dropped for its age", async () => {
    const { core, clock, turnId, deliveryId } = await answered();
    core.deliveries.settle(deliveryId, { outcome: "delivered" });
    expect(core.turnHistory.trace({ turnId }).logKept).toBe(true);
    clock.stepWallClock(8 * 86_400_000);
    await core.housekeeping.dropOld();
    const trace = core.turnHistory.trace({ turnId });
    expect(trace.logKept).toBe(false);
    expect(names(trace.hops)).toContain("started");
    expect(names(trace.hops)).not.toContain("first_text");
  });
});

describe("the list of a chat's turns", () => {
  test("has what waits in the order in which it will run, and what ended without an answer", async () => {
    const { core, driver, submit, clock } = await startCore();
    const address = { botId: "cli", chatId: "main", threadId: "" };
    const ends: (() => void)[] = [];
    driver.script = (turn) => void ends.push(() => turn.answer(turn.text));
    submit("first");
    await until(() => ends.length === 1, "the first runs");
    const [second, third] = [submit("second"), submit("third")];
    const ids = (only: "waiting" | "unanswered" | "ended") =>
      core.turnHistory.list(address, only, 10).map(({ id }) => id);
    expect(ids("waiting")).toEqual([second, third]);
    core.turns.withdraw(second, "turn_cancelled");
    expect(ids("waiting")).toEqual([third]);
    expect(ids("unanswered")).toEqual([second]);
    const again = core.turns.retry(second, "retry", "key").turnId;
    expect(ids("unanswered")).toEqual([]);
    core.turns.withdraw(again, "turn_cancelled");
    expect(ids("unanswered")).toEqual([again]);
    await clock.advance(10);
    ends[0]?.();
    await until(() => ends.length === 2, "the third runs");
    ends[1]?.();
    await core.turns.waitForEnd(third);
    expect(ids("ended")[0]).toBe(third);
    expect(core.turnHistory.list({ ...address, chatId: "other" }, "all", 10)).toEqual([]);
  });
});
