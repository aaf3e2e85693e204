import type { TurnEvent } from "@steward/contract/turn-events";
import { deliveries } from "@steward/schema/tables";
import { describe, expect, test } from "vitest";
import { startCore, type TestCore, until } from "./test-core.ts";

const MB = 1_048_576;
const notices = (t: TestCore) =>
  t.database.db
    .select()
    .from(deliveries)
    .all()
    .filter(({ kind }) => kind === "notice")
    .map(({ text }) => text);

/** A machine whose free memory is `freeMb`, and `perSessionMb` less for every live process. */
const startSmall = async (freeMb: number, perSessionMb: number, limits = {}) => {
  const machine = { freeMb };
  const t: TestCore = await startCore({
    limits: { minFreeBytes: 512 * MB, ...limits },
    freeMemoryBytes: async () =>
      (machine.freeMb - perSessionMb * t.driver.sessions.filter(({ alive }) => alive).length) * MB,
  });
  return { ...t, machine };
};

const eventsOf = (t: TestCore, turnId: string): TurnEvent[] => {
  const events: TurnEvent[] = [];
  t.core.turns.subscribe(turnId, null, (item) => {
    if (item?.event) events.push(item.event);
  });
  return events;
};

describe("row 24: memory below the guard", () => {
  test("suspends free sessions first, least recently used, one at a time, and only as many as needed", async () => {
    const t = await startSmall(900, 150);
    for (const chatId of ["a", "b"]) {
      await t.ask("hello", { chatId });
      await t.clock.advance(10);
    }
    t.machine.freeMb = 800;
    expect((await t.ask("third", { chatId: "c" })).state).toBe("done");
    expect(t.driver.sessions.map(({ alive }) => alive)).toEqual([false, true, true]);
    expect(notices(t)).toEqual([]);
  });

  test("then waits with one notice that names what is free, and goes on within 5 s of its return", async () => {
    const t = await startSmall(100, 0);
    const turnId = t.submit("hello", { botId: "7" }, { deliver: true });
    const second = t.submit("second", { botId: "7" }, { deliver: true });
    const events = eventsOf(t, turnId);
    await t.clock.advance(600_000);
    expect(t.core.turns.get(turnId)?.state).toBe("queued");
    expect(notices(t)).toEqual([expect.stringContaining("100 MB")]);
    expect(events).toContainEqual(expect.objectContaining({ type: "queued", position: 1, freeMb: 100 }));
    expect(t.core.load()).toMatchObject({ live: 0, waitingForPlace: 0, waitingForMemory: 1 });
    expect(t.driver.launches).toHaveLength(0);
    t.machine.freeMb = 600;
    await t.clock.advance(5_000);
    expect((await t.core.turns.waitForEnd(turnId)).text).toBe("echo: hello");
    expect((await t.core.turns.waitForEnd(second)).text).toBe("echo: second");
    expect(notices(t)).toHaveLength(1);
  });

  test("is never ignored: what waits in vain fails with a sentence, and nothing is started", async () => {
    const t = await startSmall(100, 0, { memoryWaitMs: 60_000 });
    const turnId = t.submit("hello");
    await t.clock.advance(59_000);
    expect(t.core.turns.get(turnId)?.state).toBe("queued");
    await t.clock.advance(1_000);
    expect(t.core.turns.get(turnId)).toMatchObject({ state: "failed", errorCode: "low_memory" });
    expect(t.core.turns.get(turnId)?.text).toContain("100 MB");
    expect(t.driver.launches).toHaveLength(0);
    expect(t.core.load().waitingForMemory).toBe(0);
  });

  test("a turn that is withdrawn meanwhile leaves the line at once", async () => {
    const t = await startSmall(100, 0);
    const turnId = t.submit("hello");
    await until(() => t.core.load().waitingForMemory === 1, "it waits for memory");
    expect(t.core.turns.withdraw(turnId, "queue_wait_timeout")).toBe(true);
    await until(() => t.core.load().waitingForMemory === 0, "nothing waits");
    t.machine.freeMb = 900;
    await t.clock.advance(10_000);
    expect(t.driver.launches).toHaveLength(0);
    expect((await t.ask("later")).text).toBe("echo: later");
  });

  test("memory that goes while a place is waited for is noticed before the start", async () => {
    const t = await startSmall(900, 0, { maxLive: 1 });
    t.driver.script = () => undefined;
    t.submit("a", { chatId: "a" });
    await until(() => t.driver.sessions[0]?.turns.length === 1, "a runs");
    const b = t.submit("b", { chatId: "b" });
    await until(() => t.core.load().waitingForPlace === 1, "b waits for a place");
    t.machine.freeMb = 100;
    t.driver.sessions[0]?.crash();
    await t.core.chats.stop({ botId: "cli", chatId: "a", threadId: "" });
    await t.clock.advance(20_000);
    expect(t.driver.launches).toHaveLength(1);
    expect(t.core.load()).toMatchObject({ live: 0, waitingForMemory: 1 });
    t.driver.script = (turn) => turn.answer("fine");
    t.machine.freeMb = 900;
    await t.clock.advance(5_000);
    expect((await t.core.turns.waitForEnd(b)).text).toBe("fine");
  });

  test("a planned stop does not wait for it, and the turn is taken up by the next start", async () => {
    const t = await startSmall(100, 0);
    const turnId = t.submit("hello");
    await until(() => t.core.load().waitingForMemory === 1, "it waits for memory");
    await t.core.stop(0);
    expect(t.core.turns.get(turnId)?.state).toBe("queued");
    t.machine.freeMb = 900;
    const next = await t.reboot();
    expect((await next.core.turns.waitForEnd(turnId)).text).toBe("echo: hello");
  });
});

describe("places are fair", () => {
  test("F17: a chat with a long queue gives its place on after each turn when another chat waits for one", async () => {
    const t = await startCore({ limits: { maxLive: 1 } });
    const order: string[] = [];
    t.driver.script = (turn) => {
      order.push(turn.text);
      turn.answer("ok");
    };
    const ends = ["a1", "a2", "a3"].map((text) => t.submit(text, { chatId: "a" }));
    ends.push(...["b1", "b2"].map((text) => t.submit(text, { chatId: "b" })));
    await Promise.all(ends.map((turnId) => t.core.turns.waitForEnd(turnId)));
    expect(order).toEqual(["a1", "b1", "a2", "b2", "a3"]);
  });

  test("F17: no more sessions leave than chats wait", async () => {
    const t = await startCore({ limits: { maxLive: 2 } });
    const ends: (() => void)[] = [];
    t.driver.script = (turn) => void ends.push(() => turn.answer(turn.text));
    t.submit("a", { chatId: "a" });
    t.submit("b", { chatId: "b" });
    await until(() => ends.length === 2, "both run");
    t.submit("c", { chatId: "c" });
    await until(() => t.core.load().waitingForPlace === 1, "c waits");
    ends[0]?.();
    ends[1]?.();
    await until(() => ends.length === 3, "c runs");
    expect(t.driver.sessions.map(({ alive }) => alive)).toEqual([false, true, true]);
  });

  test("F16: a turn withdrawn while it waits for a place takes none, then or later", async () => {
    const t = await startCore({ limits: { maxLive: 1 } });
    t.driver.script = () => undefined;
    t.submit("a", { chatId: "a" });
    await until(() => t.driver.sessions[0]?.turns.length === 1, "a runs");
    for (let round = 0; round < 5; round += 1) {
      const waiting = t.submit("b", { chatId: "b" });
      await until(() => t.core.load().waitingForPlace === 1, "b waits");
      expect(t.core.turns.withdraw(waiting, "queue_wait_timeout")).toBe(true);
      await until(() => t.core.load().waitingForPlace === 0, "b has left the line");
    }
    t.driver.script = (turn) => turn.answer("ok");
    await t.core.chats.stop({ botId: "cli", chatId: "a", threadId: "" });
    expect((await t.ask("b again", { chatId: "b" })).text).toBe("ok");
    expect(t.core.load().live).toBe(1);
  });
});

describe("the idle timeout", () => {
  const alive = (t: TestCore) => t.driver.sessions.map((session) => session.alive);

  test("is the chat's own word, else its bot's, else the service's", async () => {
    const t = await startCore({ limits: { idleTimeoutMs: 100_000 } });
    for (const chatId of ["own", "bot"]) await t.ask("x", { botId: "7", chatId });
    await t.ask("x", { botId: "8", chatId: "default" });
    t.core.policies.set({ botId: "7" }, "idleTimeoutMs", 40_000, "test");
    t.core.policies.set({ botId: "7", chatId: "own" }, "idleTimeoutMs", 20_000, "test");
    await t.clock.advance(19_000);
    expect(alive(t)).toEqual([true, true, true]);
    await t.clock.advance(1_000);
    expect(alive(t)).toEqual([false, true, true]);
    await t.clock.advance(20_000);
    expect(alive(t)).toEqual([false, false, true]);
    await t.clock.advance(60_000);
    expect(alive(t)).toEqual([false, false, false]);
  });

  test("that is made shorter than a session has been idle for suspends it at once; made longer, it stays", async () => {
    const t = await startCore({ limits: { idleTimeoutMs: 100_000 } });
    await t.ask("x", { chatId: "short" });
    await t.ask("x", { chatId: "long" });
    await t.clock.advance(50_000);
    t.core.policies.set({ botId: "cli", chatId: "short" }, "idleTimeoutMs", 30_000, "test");
    t.core.policies.set({ botId: "cli", chatId: "long" }, "idleTimeoutMs", 200_000, "test");
    await t.clock.advance(0);
    expect(alive(t)).toEqual([false, true]);
    await t.clock.advance(149_000);
    expect(alive(t)).toEqual([false, true]);
    await t.clock.advance(1_000);
    expect(alive(t)).toEqual([false, false]);
  });
});

describe("the patience for memory", () => {
  test("counts from the start of the wait, however often the line is left for a place and entered again", async () => {
    const memoryWaitMs = 1_800_000;
    const t = await startSmall(900, 0, { maxLive: 1, memoryWaitMs });
    t.driver.script = () => undefined;
    t.submit("a", { chatId: "a" });
    await until(() => t.driver.sessions[0]?.turns.length === 1, "a runs");
    const b = t.submit("b", { chatId: "b" });
    await until(() => t.core.load().waitingForPlace === 1, "b waits for a place");
    t.machine.freeMb = 100;
    await t.clock.advance(50_000);
    t.driver.sessions[0]?.crash();
    await t.core.chats.stop({ botId: "cli", chatId: "a", threadId: "" });
    await t.clock.advance(memoryWaitMs - 50_000 - 10_000);
    expect(t.core.turns.get(b)?.state).toBe("queued");
    await t.clock.advance(11_000);
    expect(t.core.turns.get(b)).toMatchObject({ state: "failed", errorCode: "low_memory" });
  });
});
