import type { FrontEndEvent } from "@steward/contract/deliveries";
import { inbox, turns } from "@steward/schema/tables";
import { describe, expect, test } from "vitest";
import { pair, promptUpdate, startCore, type TestCore, until } from "./test-core.ts";

const BOT = "123";
const refusal = (t: TestCore, address = {}): Record<string, unknown> | null => {
  try {
    t.submit("x", address);
    return null;
  } catch (error) {
    const { code, params } = error as { code: string; params: Record<string, unknown> };
    return { code, ...params };
  }
};
/** Turns that wait do not matter here. */
const roomy = { limits: { maxWaitingPerChat: 10_000, maxWaiting: 10_000 } };

describe("turns per minute", () => {
  test("let a burst through, then refuse with the time to wait, and count by chat", async () => {
    const t = await startCore(roomy);
    t.core.policies.set({}, "maxTurnsPerMinute", 3, "owner");
    const as = (userId: string, chatId: string) => () =>
      t.core.turns.submit({
        address: { botId: "cli", chatId, threadId: "" },
        text: "x",
        source: "cli",
        language: "en",
        userId,
        userName: null,
        replyToMessageId: null,
        idempotencyKey: null,
        deliver: false,
      });
    for (const user of ["1", "2", "3"]) as(user, "shared")();
    expect(as("4", "shared")).toThrow(
      expect.objectContaining({ code: "rate_limited", params: { seconds: 20 } }),
    );
    as("4", "own")();
    for (const chat of ["b", "c"]) as("4", chat)();
    expect(as("4", "d")).toThrow(/too many|Too many/);
    await t.clock.advance(20_000);
    as("4", "d")();
    expect(as("4", "e")).toThrow(/Too many/);
  });

  test("keep nothing of what was refused, and a wall clock that is put back changes nothing", async () => {
    const t = await startCore(roomy);
    t.core.policies.set({}, "maxTurnsPerMinute", 2, "owner");
    expect([1, 2, 3].map(() => refusal(t)?.code ?? "in")).toEqual(["in", "in", "rate_limited"]);
    expect(t.database.db.select().from(turns).all()).toHaveLength(2);
    t.clock.stepWallClock(3_600_000);
    expect(refusal(t)).toMatchObject({ code: "rate_limited", seconds: 30 });
  });

  test("are a bot's or a chat's own where those say so, and can be switched off", async () => {
    const t = await startCore(roomy);
    t.core.policies.set({}, "maxTurnsPerMinute", 1, "owner");
    t.core.policies.set({ botId: "free" }, "maxTurnsPerMinute", null, "owner");
    const many = (botId: string) =>
      Array.from({ length: 20 }, (_, n) => refusal(t, { botId, chatId: `c${botId}${n}` })).filter(Boolean);
    expect(many("free")).toEqual([]);
    expect(many("cli")).toHaveLength(19);
  });
});

test("turns per hour bind a slow stream of them", async () => {
  const t = await startCore(roomy);
  t.core.policies.set({}, "maxTurnsPerHour", 4, "owner");
  const codes: unknown[] = [];
  for (let n = 0; n < 6; n++) {
    codes.push(refusal(t)?.code ?? "in");
    await t.clock.advance(60_000);
  }
  expect(codes).toEqual(["in", "in", "in", "in", "rate_limited", "rate_limited"]);
});

test("all programs with the token share one rate; people in Telegram have their own", async () => {
  const t = await startCore(roomy);
  pair(t.core, BOT, "42");
  t.core.policies.set({}, "maxTokenTurnsPerMinute", 2, "owner");
  const codes = ["a", "b", "c"].map((chatId) => refusal(t, { chatId })?.code ?? "in");
  // One person at a terminal is one person: the rate per person is another one.
  expect(codes).toEqual(["in", "in", "rate_limited"]);
  expect(t.core.inbox.accept(BOT, [promptUpdate("hello")]).results[0]?.state).toBe("turn");
});

describe("in Telegram", () => {
  const notices = (events: FrontEndEvent[]) =>
    events.flatMap((event) =>
      event.type === "delivery" && event.delivery.turnId === null ? [event.delivery.text] : [],
    );

  test("what is refused is dead, with one notice until something is let in again", async () => {
    const t = await startCore(roomy);
    pair(t.core, BOT, "42");
    const front = t.frontEnd(BOT);
    t.core.policies.set({}, "maxTurnsPerMinute", 2, "owner");
    const batch = Array.from({ length: 5 }, (_, n) => promptUpdate(`message ${n}`, { sentAt: n * 60_000 }));
    const { results } = t.core.inbox.accept(BOT, batch);
    expect(results.map(({ state }) => state)).toEqual(["turn", "turn", "dead", "dead", "dead"]);
    expect(t.core.inbox.accept(BOT, batch).results.map(({ duplicate }) => duplicate)).toEqual(
      Array.from({ length: 5 }, () => true),
    );
    const dead = t.database.db
      .select()
      .from(inbox)
      .all()
      .filter(({ state }) => state === "dead");
    expect(dead.map(({ detail, turnId }) => [detail, turnId])).toEqual([
      ["rate_limited", null],
      ["rate_limited", null],
      ["rate_limited", null],
    ]);
    expect(notices(front.events)).toEqual([expect.stringContaining("send it again in 30 s")]);
    await t.clock.advance(30_000);
    t.core.inbox.accept(BOT, [
      promptUpdate("let in", { sentAt: 0 }),
      promptUpdate("one too many", { sentAt: 60_000 }),
    ]);
    expect(notices(front.events)).toHaveLength(2);
  });
});

test("a message that finds the queue full costs nothing of the rate", async () => {
  const t = await startCore({ limits: { maxWaitingPerChat: 1 } });
  t.core.policies.set({}, "maxTurnsPerMinute", 3, "owner");
  t.driver.script = () => undefined;
  const running = t.submit("runs");
  await until(() => t.core.turns.get(running)?.state === "running", "the first one runs");
  t.submit("waits");
  for (let n = 0; n < 10; n++) expect(refusal(t)?.code).toBe("queue_full");
  expect(refusal(t, { chatId: "other" })).toBeNull();
  expect(refusal(t, { chatId: "third" })?.code).toBe("rate_limited");
});
