import type { FakeScript, FakeTurn } from "@steward/claude/fake-cli-driver";
import { conversations, expenses, turns } from "@steward/schema/tables";
import { describe, expect, test } from "vitest";
import { startCore, type TestCore, until } from "./test-core.ts";

const DAY_MS = 86_400_000;
const costing =
  (costUsd: number): FakeScript =>
  (turn) => {
    turn.emit({
      type: "assistant_text",
      text: "answer",
      messageId: "m",
      parentToolUseId: null,
    });
    turn.end({ text: "answer", costUsd });
  };
const prompts = (t: TestCore) => t.driver.sessions.flatMap(({ turns }) => turns.map(({ text }) => text));

describe("a cap per day", () => {
  test("refuses the next prompt unsent, saying what was spent, the cap and how to raise it", async () => {
    const t = await startCore();
    t.driver.script = costing(3);
    t.core.policies.set({}, "maxUsdPerDay", 5, "owner");
    expect((await t.ask("one")).state).toBe("done");
    expect((await t.ask("two")).state).toBe("done");
    const refused = await t.ask("three");
    expect(refused).toMatchObject({ state: "failed", errorCode: "budget_exceeded", startedAt: null });
    expect(refused.text).toBe(
      "Not sent: $6.00 of the $5.00 allowed for everything together today (UTC) are spent. It goes on after midnight UTC; to raise it, on the server: `steward settings set maxUsdPerDay …`.",
    );
    expect(prompts(t)).toEqual(["one", "two"]);
    t.core.policies.set({}, "maxUsdPerDay", 10, "owner");
    expect((await t.ask("four")).state).toBe("done");
  });

  test("begins anew at midnight UTC", async () => {
    const t = await startCore();
    t.driver.script = costing(6);
    t.core.policies.set({}, "maxUsdPerDay", 5, "owner");
    await t.ask("one");
    expect((await t.ask("two")).state).toBe("failed");
    const untilMidnight = DAY_MS - (t.clock.now() % DAY_MS);
    t.clock.stepWallClock(untilMidnight - 1);
    expect((await t.ask("three")).state).toBe("failed");
    t.clock.stepWallClock(1);
    expect((await t.ask("four")).state).toBe("done");
  });

  test("binds at every scope by what that scope has spent", async () => {
    const t = await startCore();
    t.driver.script = costing(3);
    for (const chatId of ["a", "b"]) await t.ask("hello", { chatId });
    await t.ask("hello", { botId: "other", chatId: "a" });
    const states = async () => {
      const asked = await Promise.all([
        t.ask("x", { chatId: "a" }),
        t.ask("x", { chatId: "b" }),
        t.ask("x", { botId: "other", chatId: "a" }),
      ]);
      return asked.map(({ state }) => state);
    };
    t.driver.script = costing(0);
    t.core.policies.set({ botId: "cli", chatId: "a" }, "maxUsdPerDay", 3, "owner");
    expect(await states()).toEqual(["failed", "done", "done"]);
    // The wider cap binds although the chat's own would allow more.
    t.core.policies.set({ botId: "cli", chatId: "a" }, "maxUsdPerDay", 100, "owner");
    t.core.policies.set({ botId: "cli" }, "maxUsdPerDay", 6, "owner");
    expect(await states()).toEqual(["failed", "failed", "done"]);
    t.core.policies.set({}, "maxUsdPerDay", 9, "owner");
    expect(await states()).toEqual(["failed", "failed", "failed"]);
  });
});

describe("a cap per turn", () => {
  /** Works on whatever becomes of its tool. */
  const stubborn: FakeScript = async (turn) => {
    turn.delta("first step");
    await turn.tool("Bash", { command: "a" }).catch(() => undefined);
  };

  test("stops the turn before its next tool, says so, and keeps process, conversation and cost", async () => {
    const t = await startCore();
    t.core.policies.set({}, "maxUsdPerTurn", 0.5, "owner");
    t.driver.turnCostUsd = 0.4;
    let secondTool = "not asked";
    t.driver.script = async (turn) => {
      turn.delta("first step");
      (await turn.tool("Bash", { command: "a" })).finish();
      t.driver.turnCostUsd = 0.6;
      await turn.tool("Bash", { command: "b" }).then(
        () => {
          secondTool = "ran";
        },
        () => {
          secondTool = "blocked";
        },
      );
    };
    const turn = await t.ask("work");
    await until(() => secondTool !== "not asked", "the second tool is decided");
    expect(secondTool).toBe("blocked");
    expect(turn).toMatchObject({ state: "failed", errorCode: "budget_exceeded_turn", startedTools: true });
    expect(turn.text).toContain("this turn has cost $0.60, and a turn may cost $0.50");
    expect(turn.text).toContain("first step");
    expect(turn.usage?.costUsd).toBe(0.001);
    t.driver.script = (next) => next.answer("still here");
    expect((await t.ask("again")).text).toBe("still here");
    expect(t.driver.launches).toHaveLength(1);
  });

  test("ends the process when the CLI does not stop", async () => {
    const t = await startCore();
    t.core.policies.set({}, "maxUsdPerTurn", 0.5, "owner");
    t.driver.turnCostUsd = 0.6;
    t.driver.ignoreInterrupts = true;
    t.driver.script = stubborn;
    const turnId = t.submit("work");
    await until(() => t.core.turns.get(turnId)?.text === "first step", "it works");
    await t.clock.advance(2_000);
    expect(t.core.turns.get(turnId)).toMatchObject({ state: "failed", errorCode: "budget_exceeded_turn" });
    expect(t.driver.sessions[0]?.alive).toBe(false);
  });

  test("does not stop what costs less, nor anything while the CLI does not say", async () => {
    const t = await startCore();
    t.core.policies.set({}, "maxUsdPerTurn", 0.5, "owner");
    t.driver.script = async (turn) => {
      (await turn.tool("Bash", { command: "a" })).finish();
      turn.answer("done");
    };
    for (const cost of [0.5, null]) {
      t.driver.turnCostUsd = cost;
      expect((await t.ask("work")).state).toBe("done");
    }
  });
});

describe("usage", () => {
  test("is summed by day, chat and model, within the time asked for", async () => {
    const t = await startCore();
    t.driver.script = costing(1.5);
    await t.ask("one", { chatId: "a" });
    t.core.policies.set({ botId: "cli", chatId: "a" }, "model", "opus", "owner");
    await t.ask("two", { chatId: "b" });
    t.clock.stepWallClock(DAY_MS);
    await t.ask("three", { chatId: "b" });
    const report = (by: "day" | "chat" | "model", more = {}) => t.core.usage.report({ by, ...more });
    expect(report("day")).toMatchObject({
      rows: [
        { key: "2026-01-02", turns: 2, inputTokens: 20, outputTokens: 10, costUsd: 3 },
        { key: "2026-01-03", turns: 1, costUsd: 1.5 },
      ],
      total: { turns: 3, inputTokens: 30, costUsd: 4.5 },
    });
    expect(report("chat").rows.map(({ key, turns }) => [key, turns])).toEqual([
      ["cli/a", 1],
      ["cli/b", 2],
    ]);
    expect(report("model").rows).toMatchObject([{ key: "fake-model", turns: 3 }]);
    expect(report("day", { chatId: "b", botId: "cli" }).total.turns).toBe(2);
    expect(report("day", { from: Date.UTC(2026, 0, 3) }).rows).toHaveLength(1);
    expect(report("day", { to: Date.UTC(2026, 0, 3) }).rows).toHaveLength(1);
  });

  test("has what was spent beside the turns: in the sums and under the caps, and not as a turn", async () => {
    const t = await startCore();
    t.driver.script = costing(1);
    const turn = await t.ask("one");
    const { chatRef = 0 } = t.database.db.select().from(turns).get() ?? {};
    const spent = { chatRef, conversationId: turn.conversationId, kind: "own_turn", model: "opus" } as const;
    const tokens = { inputTokens: 7, costMicroUsd: 2_000_000 };
    t.database.db
      .insert(expenses)
      .values([
        { ...spent, ...tokens, at: t.clock.now() },
        { ...spent, ...tokens, at: t.clock.now() - DAY_MS },
      ])
      .run();
    expect(t.core.usage.report({ by: "model" }).rows).toMatchObject([
      { key: "fake-model", turns: 1, inputTokens: 10, costUsd: 1 },
      { key: "opus", turns: 0, inputTokens: 14, costUsd: 4 },
    ]);
    t.core.policies.set({}, "maxUsdPerDay", 3.5, "owner");
    expect((await t.ask("two")).state).toBe("done");
    expect((await t.ask("three")).text).toContain("$4.00 of the $3.50");
  });

  test("of nothing is nothing", async () => {
    const t = await startCore();
    expect(t.core.usage.report({ by: "day" })).toMatchObject({ rows: [], total: { turns: 0, costUsd: 0 } });
  });
});

describe("what ended by force has cost", () => {
  /** Works on and on; what it has cost is known after each tool. */
  const working =
    (costUsd: number): FakeScript =>
    async (turn) => {
      const tool = await turn.tool("Bash", { command: "a" });
      turn.session.costs(costUsd);
      tool.finish();
      turn.delta("so far");
    };
  const isAtWork = (t: TestCore, turnId: string) =>
    until(() => t.core.turns.get(turnId)?.text === "so far", "it works");
  const spentToday = (t: TestCore) => t.core.usage.report({ by: "day" }).total.costUsd;
  const home = { botId: "cli", chatId: "main", threadId: "" };

  const endings: [string, (t: TestCore) => Promise<unknown>, object][] = [
    ["panic", (t) => t.core.panic.start(null), { errorCode: "stopped_by_panic" }],
    ["a new conversation", (t) => t.core.chats.newConversation(home), { errorCode: "session_reset" }],
    ["silence", (t) => t.clock.advance(1_000_000), { errorCode: "cli_silent" }],
    [
      "the death of its process",
      async (t) => t.driver.sessions[0]?.kill(),
      { state: "interrupted", errorCode: "cli_exited" },
    ],
    ["the end of the service", (t) => t.core.stop(0), { errorCode: "interrupted_by_restart" }],
    [
      "a stop that was not obeyed",
      async (t) => {
        t.driver.ignoreInterrupts = true;
        const stopped = t.core.chats.stop(home);
        await t.clock.advance(5_000);
        await stopped;
      },
      { state: "cancelled" },
    ],
  ];

  test.each(endings)("is booked at the last known figure: %s", async (_what, end, expected) => {
    const t = await startCore();
    t.driver.script = working(1.25);
    const turnId = t.submit("work");
    await isAtWork(t, turnId);
    await end(t);
    expect(await t.core.turns.waitForEnd(turnId)).toMatchObject({ ...expected, usage: { costUsd: 1.25 } });
    expect(spentToday(t)).toBe(1.25);
    expect(t.database.db.select().from(conversations).all()[0]?.costMicroUsd).toBe(1_250_000);
  });

  test("counts under the day's cap", async () => {
    const t = await startCore();
    t.core.policies.set({}, "maxUsdPerDay", 1, "owner");
    t.driver.script = working(1.25);
    const turnId = t.submit("work");
    await isAtWork(t, turnId);
    t.driver.sessions[0]?.kill();
    await t.core.turns.waitForEnd(turnId);
    expect(await t.ask("again")).toMatchObject({ errorCode: "budget_exceeded" });
  });

  test("what the CLI tells after its turn was settled is booked on top, once", async () => {
    const t = await startCore();
    t.driver.ignoreEnds = true;
    let turn: FakeTurn | null = null;
    t.driver.script = async (running) => {
      turn = running;
      await working(1)(running);
    };
    const turnId = t.submit("work");
    await isAtWork(t, turnId);
    const gone = t.core.chats.newConversation(home);
    expect((await t.core.turns.waitForEnd(turnId)).usage?.costUsd).toBe(1);
    (turn as FakeTurn | null)?.end({ ok: false, errorCode: "aborted", isError: true, costUsd: 1.75 });
    expect(spentToday(t)).toBe(1.75);
    await t.clock.advance(60_000);
    await gone;
    expect(spentToday(t)).toBe(1.75);
  });

  test("is known after the service was killed, as far as it was when the last tool started", async () => {
    const t = await startCore();
    t.driver.script = async (turn) => {
      await working(1.25)(turn);
      (await turn.tool("Bash", { command: "b" })).finish();
      turn.session.costs(2);
    };
    const turnId = t.submit("work");
    await isAtWork(t, turnId);
    await until(() => t.core.chats.status(home).running?.tools === 2, "its second tool");
    const next = await t.reboot();
    expect(next.core.turns.get(turnId)).toMatchObject({ state: "interrupted", usage: { costUsd: 1.25 } });
    expect(spentToday(next)).toBe(1.25);
  });

  test("the cost of a first attempt stays with the turn that starts over", async () => {
    const t = await startCore();
    let attempt = 0;
    t.driver.script = async (turn) => {
      attempt += 1;
      if (attempt > 1) return turn.end({ text: "done", costUsd: 0.5 });
      turn.session.costs(0.25);
      turn.emit({ type: "assistant_text", text: "so far", messageId: "m", parentToolUseId: null });
      await new Promise((resolve) => setImmediate(resolve));
      turn.session.crash();
    };
    const turn = await t.ask("work");
    expect(turn).toMatchObject({ state: "done", attempt: 2, usage: { costUsd: 0.75, inputTokens: 10 } });
    expect(spentToday(t)).toBe(0.75);
  });

  test("is honestly nothing when the CLI never said", async () => {
    const t = await startCore();
    t.driver.script = (turn) => turn.session.crash();
    const turn = await t.ask("work");
    expect(turn).toMatchObject({ state: "interrupted", usage: null });
  });
});
