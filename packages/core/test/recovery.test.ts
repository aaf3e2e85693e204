import { createFakeCliDriver } from "@steward/claude/fake-cli-driver";
import { deliveries } from "@steward/schema/tables";
import { describe, expect, test } from "vitest";
import { pair, promptUpdate, startCore, type TestCore, until } from "./test-core.ts";

const texts = (t: TestCore) => t.driver.sessions.flatMap(({ turns }) => turns.map(({ text }) => text));
const outbox = (t: TestCore) => t.database.db.select().from(deliveries).all();

describe("after the service died", () => {
  test("a turn that had started no tool is run again, once, and answered once", async () => {
    const t = await startCore();
    t.driver.script = (turn) => turn.delta("half an ans");
    const turnId = t.submit("hello", { botId: "7" }, { deliver: true });
    await until(() => t.core.turns.get(turnId)?.text !== "", "it speaks");
    await t.clock.advance(1_000);
    const next = await t.reboot({ driver: createFakeCliDriver() });
    const turn = await next.core.turns.waitForEnd(turnId);
    expect(turn).toMatchObject({ text: "echo: hello", attempt: 2 });
    expect(outbox(next).map(({ text }) => text)).toEqual(["echo: hello"]);
    expect(next.core.history.messages("gw-7-main", 0)?.map(({ role }) => role)).toEqual([
      "user",
      "assistant",
    ]);
  });

  test("a second death of the same turn ends it as interrupted, with what was said", async () => {
    const t = await startCore();
    t.driver.script = (turn) => turn.delta("half");
    const turnId = t.submit("hello", { botId: "7" }, { deliver: true });
    await until(() => t.core.turns.get(turnId)?.text !== "", "it speaks");
    const second = await t.reboot({ driver: t.driver });
    await until(() => t.driver.sessions.length === 2, "it runs again");
    await until(() => second.core.turns.get(turnId)?.text === "half", "it speaks again");
    await t.clock.advance(1_000);
    const third = await second.reboot({ driver: createFakeCliDriver() });
    expect(third.core.turns.get(turnId)).toMatchObject({
      state: "interrupted",
      errorCode: "interrupted_by_restart",
    });
    expect(third.core.turns.get(turnId)?.text).toContain("half");
    expect(texts(third)).toEqual([]);
    expect(outbox(third).map(({ actions }) => actions)).toEqual([["retry", "continue"]]);
  });

  test("a turn that had started a tool is never run again", async () => {
    const t = await startCore();
    t.driver.script = async (turn) => {
      await turn.tool("Bash", { command: "deploy" });
    };
    const turnId = t.submit("deploy");
    await until(() => t.core.turns.get(turnId)?.startedTools === true, "the tool runs");
    const next = await t.reboot({ driver: createFakeCliDriver() });
    expect(next.core.turns.get(turnId)?.state).toBe("interrupted");
    expect(texts(next)).toEqual([]);
  });

  test("a saved result is handed to the front end and nothing is run", async () => {
    const t = await startCore();
    const turnId = t.submit("hello", { botId: "7" }, { deliver: true });
    await t.core.turns.waitForEnd(turnId);
    const next = await t.reboot({ driver: createFakeCliDriver() });
    const { events } = next.frontEnd("7");
    const handed = events.flatMap((event) => (event.type === "delivery" ? [event.delivery] : []));
    expect(handed).toMatchObject([{ turnId, text: "echo: hello", kind: "answer", state: "pending" }]);
    expect(next.core.turns.get(turnId)?.state).toBe("delivering");
    next.core.deliveries.settle(handed[0]?.id ?? "", { outcome: "delivered" });
    expect(next.core.turns.get(turnId)?.state).toBe("done");
    expect(next.frontEnd("7").events.filter(({ type }) => type === "delivery")).toEqual([]);
    expect(texts(next)).toEqual([]);
  });

  test("what waited goes on waiting in its order; what a stop held stays held", async () => {
    const t = await startCore();
    t.driver.script = async (turn) => {
      await turn.tool("Bash", {});
    };
    const running = t.submit("runs");
    await until(() => t.core.turns.get(running)?.startedTools === true, "it runs");
    const held = t.submit("held");
    await t.core.chats.stop({ botId: "cli", chatId: "main", threadId: "" });
    const busy = t.submit("busy");
    await until(() => t.core.turns.get(busy)?.startedTools === true, "it runs");
    const [a, b] = [t.submit("a"), t.submit("b")];
    const next = await t.reboot({ driver: createFakeCliDriver() });
    await next.core.turns.waitForEnd(b);
    expect(next.core.turns.get(a)?.state).toBe("done");
    expect(texts(next)).toEqual(["a", "b"]);
    expect(next.core.turns.get(held)?.state).toBe("queued");
    expect(next.core.chats.status({ botId: "cli", chatId: "main", threadId: "" }).held).toBe(true);
  });

  test("leftover processes are ended before anything is taken up", async () => {
    const order: string[] = [];
    const t = await startCore();
    t.driver.script = () => undefined;
    t.submit("hello");
    await until(() => t.driver.sessions.length === 1, "it runs");
    const driver = createFakeCliDriver({
      script: (turn) => {
        order.push("turn");
        turn.answer("ok");
      },
    });
    const next = await startCore({
      database: t.database,
      clock: t.clock,
      driver,
      reapProcesses: async () => {
        order.push("reap");
        return 1;
      },
    });
    await until(() => order.length === 2, "both happened");
    expect(order).toEqual(["reap", "turn"]);
    expect(next.core.load().queued).toBe(0);
  });

  test("nothing is accepted before recovery is through", async () => {
    const t = await startCore({ recover: false });
    expect(() => t.submit("early")).toThrow(expect.objectContaining({ code: "shutting_down" }) as Error);
  });
});

describe("a planned stop", () => {
  test("lets a running turn finish within the drain time and refuses new ones", async () => {
    const t = await startCore();
    let finish: () => void = () => undefined;
    t.driver.script = (turn) => {
      finish = () => turn.answer("in time");
    };
    const turnId = t.submit("hello");
    await until(() => t.driver.sessions[0]?.turns.length === 1, "it runs");
    const stopping = t.core.stop(5_000);
    expect(() => t.submit("late")).toThrow(expect.objectContaining({ code: "shutting_down" }) as Error);
    finish();
    await t.clock.advance(100);
    await stopping;
    expect(t.core.turns.get(turnId)).toMatchObject({ state: "done", text: "in time" });
    expect(t.driver.sessions[0]?.alive).toBe(false);
  });

  test("ends a turn with tools as interrupted and leaves one without for the next start", async () => {
    const t = await startCore();
    t.driver.script = async (turn) => {
      if (turn.text === "tools") await turn.tool("Bash", {});
    };
    const withTools = t.submit("tools", { chatId: "a" });
    const without = t.submit("plain", { chatId: "b" });
    await until(() => t.core.turns.get(withTools)?.startedTools === true, "the tool runs");
    await until(() => t.core.turns.get(without)?.state === "running", "the other runs");
    const stopping = t.core.stop(0);
    await t.clock.advance(20);
    await stopping;
    expect(t.core.turns.get(withTools)?.state).toBe("interrupted");
    expect(t.core.turns.get(without)?.state).toBe("queued");
    const next = await t.reboot({ driver: createFakeCliDriver() });
    expect((await next.core.turns.waitForEnd(without)).text).toBe("echo: plain");
  });
});

describe("the inbox", () => {
  test("makes one turn of an update however often it is handed in, and answers the same", async () => {
    const t = await startCore();
    pair(t.core, "7", "42");
    const update = promptUpdate("hello");
    const first = t.core.inbox.accept("7", [update]);
    const again = t.core.inbox.accept("7", [update]);
    expect(first.results[0]).toMatchObject({ state: "turn", duplicate: false });
    expect(again.results[0]).toEqual({ ...first.results[0], duplicate: true });
    expect(again.ackedThrough).toBe(update.updateId);
    await t.core.turns.waitForEnd(first.results[0]?.turnId ?? "");
    expect(texts(t)).toEqual(["hello"]);
    expect(t.core.bots.list()).toMatchObject([{ id: "7", ackedThrough: update.updateId }]);
  });

  test("lets nobody in who is not paired with this very bot, whatever the front end says", async () => {
    const t = await startCore();
    pair(t.core, "7", "42");
    const stranger = promptUpdate("hi", { sender: { id: "43", username: null, name: null, language: "en" } });
    const cases: [string, ReturnType<typeof promptUpdate>][] = [
      ["7", stranger],
      ["8", promptUpdate("hi")],
      ["7", promptUpdate("hi", { sender: null })],
      ["7", promptUpdate("hi", { chat: null })],
      ["7", { ...stranger, updateId: 5, kind: "command", command: "status" }],
    ];
    for (const [botId, update] of cases) {
      expect(t.core.inbox.accept(botId, [update]).results[0]).toMatchObject({
        state: "ignored",
        turnId: null,
      });
    }
    expect(t.core.history.sessions()).toEqual([]);
    expect(texts(t)).toEqual([]);
  });

  test("keeps commands for the front end until it has settled them, across its restarts", async () => {
    const t = await startCore();
    pair(t.core, "7", "42");
    const update = promptUpdate("", { kind: "command", command: "status" });
    const { results } = t.core.inbox.accept("7", [update]);
    const replayed = () => t.frontEnd("7").events.filter(({ type }) => type === "update");
    expect(replayed()).toMatchObject([{ inboxId: results[0]?.inboxId, update: { command: "status" } }]);
    expect(t.core.inbox.settle(results[0]?.inboxId ?? 0, "handled", "")).toBe("handled");
    expect(t.core.inbox.settle(results[0]?.inboxId ?? 0, "dead", "too late")).toBe("handled");
    expect(replayed()).toEqual([]);
  });

  test("acknowledges garbage as dead so that it never comes back", async () => {
    const t = await startCore();
    const update = promptUpdate("", { kind: "malformed", chat: null, sender: null, reason: "no update id" });
    expect(t.core.inbox.accept("7", [update])).toMatchObject({ results: [{ state: "dead" }] });
  });

  test("tells a person when the queue is full instead of dropping the message silently", async () => {
    const t = await startCore({ limits: { maxWaitingPerChat: 1 } });
    pair(t.core, "7", "42");
    t.driver.script = () => undefined;
    t.core.inbox.accept("7", [promptUpdate("runs")]);
    await until(() => t.driver.sessions[0]?.turns.length === 1, "it runs");
    t.core.inbox.accept("7", [promptUpdate("waits")]);
    const { results } = t.core.inbox.accept("7", [promptUpdate("too many")]);
    expect(results[0]).toMatchObject({ state: "dead", turnId: null });
    expect(outbox(t).map(({ text }) => text)).toEqual([expect.stringContaining("Too many messages")]);
  });
});

describe("the outbox", () => {
  test("carries the placeholder whether it was told before or after the result", async () => {
    const t = await startCore();
    const before = t.submit("one", { botId: "7" }, { deliver: true });
    expect(t.core.turns.setPlaceholder(before, 100)).toBe(100);
    expect(t.core.turns.setPlaceholder(before, 101)).toBe(100);
    // It has moved; what is told again, or of another one, changes nothing.
    expect(t.core.turns.setPlaceholder(before, 102, 99)).toBe(100);
    expect(t.core.turns.setPlaceholder(before, 103, 100)).toBe(103);
    expect(t.core.turns.setPlaceholder(before, 103, 100)).toBe(103);
    await t.core.turns.waitForEnd(before);
    const after = t.submit("two", { botId: "7" }, { deliver: true });
    await t.core.turns.waitForEnd(after);
    t.core.turns.setPlaceholder(after, 199);
    t.core.turns.setPlaceholder(after, 200, 199);
    expect(t.core.deliveries.open("7").map(({ placeholderIds }) => placeholderIds)).toEqual([[103], [200]]);
  });

  test("takes a new message for a part only in place of the one that is gone", async () => {
    const t = await startCore();
    await t.core.turns.waitForEnd(t.submit("one", { botId: "7" }, { deliver: true }));
    const id = t.core.deliveries.open("7")[0]?.id ?? "";
    expect(t.core.deliveries.setPlaceholder(id, 1, 10)).toBe(10);
    expect(t.core.deliveries.setPlaceholder(id, 1, 11)).toBe(10);
    expect(t.core.deliveries.setPlaceholder(id, 1, 12, 99)).toBe(10);
    expect(t.core.deliveries.setPlaceholder(id, 1, 13, 10)).toBe(13);
    expect(t.core.deliveries.open("7")[0]?.placeholderIds).toEqual([null, 13]);
  });

  test("says how far down the chat's earlier ones reach, so that a restarted front end keeps their order", async () => {
    const t = await startCore();
    await t.core.turns.waitForEnd(t.submit("one", { botId: "7" }, { deliver: true }));
    await t.core.turns.waitForEnd(t.submit("two", { botId: "7" }, { deliver: true }));
    const [first, second] = t.core.deliveries.open("7");
    expect([first?.shownUpTo, second?.shownUpTo]).toEqual([undefined, undefined]);
    t.core.deliveries.setPlaceholder(first?.id ?? "", 0, 29);
    t.core.deliveries.setPlaceholder(first?.id ?? "", 1, 30);
    t.core.deliveries.settle(first?.id ?? "", { outcome: "delivered" });
    expect(t.core.deliveries.open("7").map(({ shownUpTo }) => shownUpTo)).toEqual([30]);
  });

  test("settles once: a later outcome does not change it", async () => {
    const t = await startCore();
    await t.core.turns.waitForEnd(t.submit("one", { botId: "7" }, { deliver: true }));
    const id = t.core.deliveries.open("7")[0]?.id ?? "";
    expect(t.core.deliveries.settle(id, { outcome: "retry", retryAt: 99, error: "429" })).toBe("pending");
    expect(t.core.deliveries.open("7")[0]).toMatchObject({ attempt: 1, nextAt: 99, lastError: "429" });
    expect(t.core.deliveries.settle(id, { outcome: "delivered" })).toBe("delivered");
    expect(t.core.deliveries.settle(id, { outcome: "dead", error: "late" })).toBe("delivered");
  });
});
