import type { ToolPermissionDecision } from "@steward/claude/cli-driver";
import type { FakeTurn } from "@steward/claude/fake-cli-driver";
import { chatMessages, chats, deliveries, expenses, turns } from "@steward/schema/tables";
import { describe, expect, test } from "vitest";
import { startCore, type TestCore, until } from "./test-core.ts";
import { unaskedResult } from "./unasked-result.ts";

const GRACE_MS = 600_000;
const told = (t: TestCore, kind: "notice" | "answer") =>
  t.database.db
    .select()
    .from(deliveries)
    .all()
    .flatMap((row) => (row.kind === kind ? [row.text] : []));
const ask = (t: TestCore, text: string) =>
  t.core.turns.waitForEnd(t.submit(text, { botId: "7" }, { deliver: true }));

const task = { taskId: "t1", toolUseId: null, taskType: "local_agent", description: "look through the logs" };
/** Answers at once and leaves a sub-agent at work; what the CLI does then is up to the test. */
const startWithTask = async (limits = {}) => {
  const t = await startCore({ limits });
  let cli: FakeTurn | null = null;
  t.driver.script = (turn) => {
    cli ??= turn;
    turn.emit({ type: "task_started", ...task });
    turn.answer("it is on its way");
  };
  await ask(t, "look through the logs");
  const turn = cli as FakeTurn | null;
  if (!turn) throw new Error("no turn ran");
  return {
    ...t,
    finishTask: () => turn.emit({ type: "task_finished", ...task, status: "completed", summary: "" }),
    speakUp: () => {
      turn.emit({ type: "own_turn", phase: "started" });
      turn.delta("The logs say ");
    },
    cli: turn,
    failOwnTurn: (errorCode: "server_error" | "aborted") =>
      turn.emit({ ...unaskedResult, ok: false, isError: true, errorCode, text: "500 the model has failed" }),
    endOwnTurn: (text: string, costUsd = 0) => turn.emit({ ...unaskedResult, text, costUsd }),
  };
};

describe("a turn that the CLI takes of its own", () => {
  test("is delivered as a message of its own, and nothing of it stands in a turn that waits meanwhile", async () => {
    const t = await startWithTask();
    t.finishTask();
    t.speakUp();
    let answer: () => void = () => undefined;
    t.driver.script = (turn) => {
      answer = () => turn.answer("four");
    };
    const turnId = t.submit("what is two and two?", { botId: "7" }, { deliver: true });
    await until(() => t.driver.sessions[0]?.turns.length === 2, "ours was sent");
    t.speakUp();
    expect(t.core.turns.get(turnId)?.text).toBe("");
    t.endOwnTurn("The logs say nothing.");
    expect(told(t, "answer")).toContain("The logs say nothing.");
    answer();
    expect((await t.core.turns.waitForEnd(turnId)).text).toBe("four");
    expect(told(t, "answer")).toEqual(["it is on its way", "The logs say nothing.", "four"]);
  });

  test("does not make a turn that waits for it look silent while it works", async () => {
    const t = await startWithTask();
    t.finishTask();
    t.speakUp();
    t.driver.announceTurns = false;
    t.driver.script = () => undefined;
    const turnId = t.submit("and?", { botId: "7" }, { deliver: true });
    await until(() => t.driver.sessions[0]?.turns.length === 2, "ours was sent");
    t.speakUp();
    await t.clock.advance(800_000);
    expect(t.core.turns.get(turnId)?.state).toBe("running");
    t.endOwnTurn("done");
    await t.clock.advance(61_000);
    expect(t.core.turns.get(turnId)).toMatchObject({ state: "failed", errorCode: "cli_first_event_timeout" });
  });
});

describe("work in the background", () => {
  test("goes on with its tool when the turn it began with ends while Steward considers it", async () => {
    const t = await startCore();
    let asked: Promise<ToolPermissionDecision> | undefined;
    t.driver.script = (turn) => {
      turn.emit({ type: "task_started", ...task });
      asked = turn.askPermission("Bash", { command: "grep -r error" }, { outlives: true });
      turn.answer("it is on its way");
    };
    const { id } = await ask(t, "look through the logs");
    asked?.catch(() => undefined);
    await until(() => t.core.approvals.list({ state: "pending" }).length === 1, "the tool was asked about");
    const [approval] = t.core.approvals.list({ state: "pending" });
    expect(approval).toMatchObject({ turnId: id, toolName: "Bash" });
    t.core.approvals.decide(approval?.id ?? "", { decision: "once", inputHash: approval?.inputHash ?? "" });
    expect(await asked).toMatchObject({ behavior: "allow" });
  });

  test("keeps its session alive beyond the idle time, for ten minutes after its last sign of life", async () => {
    const t = await startWithTask({ idleTimeoutMs: 60_000 });
    await t.clock.advance(GRACE_MS - 1_000);
    expect(t.driver.sessions[0]?.alive).toBe(true);
    t.speakUp();
    await t.clock.advance(GRACE_MS - 1_000);
    expect(t.driver.sessions[0]?.alive).toBe(true);
    await t.clock.advance(1_000);
    expect(t.driver.sessions[0]?.alive).toBe(false);
  });

  test("that has ended keeps it no longer than any other", async () => {
    const t = await startWithTask({ idleTimeoutMs: 60_000 });
    t.finishTask();
    t.speakUp();
    t.endOwnTurn("done");
    await t.clock.advance(60_000);
    expect(t.driver.sessions[0]?.alive).toBe(false);
    expect(told(t, "notice")).toEqual([]);
  });

  test("gives its place to another chat only when nothing else can, and not before it has fallen silent", async () => {
    const t = await startWithTask({ maxLive: 2 });
    t.driver.script = (turn) => turn.answer("ok");
    await t.ask("b", { chatId: "b" });
    await t.clock.advance(10);
    await t.ask("c", { chatId: "c" });
    expect(t.driver.sessions.map(({ alive }) => alive)).toEqual([true, false, true]);
    t.driver.script = () => undefined;
    t.submit("c works", { chatId: "c" });
    const waiting = t.submit("d", { chatId: "d" });
    await until(() => t.core.load().waitingForPlace === 1, "d waits");
    await t.clock.advance(290_000);
    expect(t.driver.sessions[0]?.alive).toBe(true);
    t.driver.script = (turn) => turn.answer("ok");
    await t.clock.advance(GRACE_MS);
    expect((await t.core.turns.waitForEnd(waiting)).state).toBe("done");
  });

  test.each([
    ["its process dies", (t: TestCore) => t.driver.sessions[0]?.kill()],
    ["it is suspended", (t: TestCore) => t.clock.advance(3 * 3_600_000)],
    ["the service stops", (t: TestCore) => t.core.stop(0)],
  ])("does not end in silence when %s", async (_what, end) => {
    const t = await startWithTask();
    await end(t);
    await until(() => t.driver.sessions[0]?.alive === false, "the process has gone");
    await until(() => told(t, "notice").length === 1, "it is told");
    expect(told(t, "notice")[0]).toContain("look through the logs");
  });

  test("needs no word when a person starts over", async () => {
    const t = await startWithTask();
    await t.core.chats.newConversation({ botId: "7", chatId: "main", threadId: "" });
    expect(t.driver.sessions[0]?.alive).toBe(false);
    expect(told(t, "notice")).toEqual([]);
  });

  test("what a turn started in the foreground is no such work once a stop has ended it", async () => {
    const t = await startCore();
    t.driver.script = (turn) => turn.emit({ type: "task_started", ...task, taskType: "local_bash" });
    t.submit("make", { botId: "7" }, { deliver: true });
    await until(() => t.driver.sessions[0]?.turns.length === 1, "it runs");
    await t.core.chats.stop({ botId: "7", chatId: "main", threadId: "" });
    t.driver.sessions[0]?.kill();
    await until(() => t.driver.sessions[0]?.alive === false, "the process has gone");
    expect(told(t, "notice").filter((text) => text.includes("background"))).toEqual([]);
  });
});

test("a tool of a process for which no turn is committed does not run", async () => {
  const t = await startCore();
  let verdict = "";
  t.driver.script = async (turn) => {
    turn.answer("done");
    await turn.tool("Bash", { command: "deploy" }).then(
      () => (verdict = "ran"),
      () => (verdict = "blocked"),
    );
  };
  await t.ask("hello");
  await until(() => verdict !== "", "the tool was asked for");
  expect(verdict).toBe("blocked");
});

describe("the money that the CLI spends beside our turns", () => {
  const chat = { botId: "7", chatId: "main", threadId: "" };
  const booked = (t: TestCore) => t.database.db.select().from(expenses).all();

  test("is booked to the chat, the day and the conversation, under the turn that began it", async () => {
    const t = await startWithTask();
    const [before] = t.database.db.select().from(turns).all();
    t.finishTask();
    t.speakUp();
    t.endOwnTurn("The logs say nothing.", 0.25);
    expect(booked(t)).toMatchObject([
      { kind: "own_turn", turnId: before?.id, costMicroUsd: 250_000, inputTokens: 10, model: "fake-model" },
    ]);
    expect(t.core.usage.report({ by: "chat" }).rows).toMatchObject([
      { key: "7/main", turns: 1, costUsd: 0.251 },
    ]);
    expect(t.core.chats.status(chat).conversation?.costUsd).toBe(0.251);
  });

  test("is under the cap per turn: its next tool does not run, its process ends, and the chat is told once", async () => {
    const t = await startWithTask();
    t.core.policies.set({}, "maxUsdPerTurn", 0.5, "owner");
    t.cli.session.costs(0.4);
    await expect(t.cli.tool("Bash", {})).resolves.toBeDefined();
    t.cli.session.costs(0.6);
    await expect(t.cli.tool("Bash", {})).rejects.toThrow(/no money/);
    await expect(t.cli.tool("Bash", {})).rejects.toThrow();
    await until(() => t.driver.sessions[0]?.alive === false, "the process has gone");
    const notices = told(t, "notice");
    expect(notices).toHaveLength(2);
    expect(notices[0]).toContain("this turn has cost $0.60, and a turn may cost $0.50");
    expect(notices[1]).toContain("look through the logs");
    t.driver.script = (turn) => turn.answer("still here");
    expect(await ask(t, "and now?")).toMatchObject({ text: "still here" });
    expect(t.driver.launches[1]).toMatchObject({ resume: true });
  });

  test("is ended after the person's turn that came while its cost was asked", async () => {
    const t = await startWithTask();
    t.core.policies.set({}, "maxUsdPerTurn", 1, "owner");
    const [session] = t.driver.sessions;
    if (!session) throw new Error("unreachable: a turn ran");
    let say: (usd: number) => void = () => undefined;
    session.turnCostUsd = () => new Promise((resolve) => (say = resolve));
    t.speakUp();
    let finish = (): void => undefined;
    t.driver.script = (turn) => {
      finish = () => turn.answer("mine");
    };
    t.endOwnTurn("");
    t.speakUp();
    t.endOwnTurn("");
    const turnId = t.submit("what else?", { botId: "7" }, { deliver: true });
    await until(() => session.turns.length === 2, "it runs");
    say(5);
    await until(() => told(t, "notice").length > 0, "the chat is told");
    session.turnCostUsd = async () => 0;
    finish();
    expect(await t.core.turns.waitForEnd(turnId)).toMatchObject({ text: "mine" });
    await until(() => !session.alive, "its process has gone");
  });

  test("is under the day's cap, with what is not in the books yet", async () => {
    const t = await startWithTask();
    t.core.policies.set({}, "maxUsdPerDay", 1, "owner");
    t.cli.session.costs(0.998);
    await expect(t.cli.tool("Bash", {})).resolves.toBeDefined();
    t.cli.session.costs(0.9995);
    await expect(t.cli.tool("Bash", {})).rejects.toThrow(/no money/);
    await until(() => t.driver.sessions[0]?.alive === false, "the process has gone");
  });

  test("is not begun on a day that is spent: a turn of the CLI's own is ended at its first sign", async () => {
    const t = await startWithTask();
    t.core.policies.set({}, "maxUsdPerDay", 0.001, "owner");
    t.finishTask();
    t.speakUp();
    await until(() => t.driver.sessions[0]?.alive === false, "the process has gone");
    expect(told(t, "notice")[0]).toContain("of the $0.0010 allowed for everything together");
  });

  test("stops the background and not the person's turn that runs beside it", async () => {
    const t = await startWithTask();
    const [first] = t.driver.sessions;
    const call = { toolUseId: "a1", name: "Agent", input: {}, summary: "", parentToolUseId: null };
    t.driver.script = (turn) => {
      turn.emit({ type: "tool_input", ...call });
      turn.emit({ type: "task_started", ...task, taskId: "t2", toolUseId: "a1" });
      turn.answer("at work");
    };
    await ask(t, "start another");
    let finish: () => void = () => undefined;
    t.driver.script = (turn) => {
      finish = () => turn.answer("mine");
    };
    const turnId = t.submit("what else?", { botId: "7" }, { deliver: true });
    await until(() => first?.turns.length === 3, "it runs");
    t.core.policies.set({}, "maxUsdPerTurn", 0.5, "owner");
    t.cli.session.costs(0.6);
    await expect(t.cli.askPermission("Bash", {}, { parentToolUseId: "a1", outlives: true })).rejects.toThrow(
      /no money/,
    );
    finish();
    expect(await t.core.turns.waitForEnd(turnId)).toMatchObject({ text: "mine" });
    expect(first?.alive).toBe(true);
  });
});

describe("where and how the background is told", () => {
  test("in the chat that reads an outbox, though its last message came through another door", async () => {
    const t = await startWithTask();
    t.driver.script = (turn) => turn.answer("fine");
    await t.core.turns.waitForEnd(
      t.submit("from the web", { botId: "7" }, { deliver: false, source: "web" }),
    );
    t.finishTask();
    t.speakUp();
    t.endOwnTurn("The logs say nothing.");
    expect(told(t, "answer")).toContain("The logs say nothing.");
  });

  test("nowhere but in the history of a chat that no front end reads", async () => {
    const t = await startCore();
    t.driver.script = (turn) => {
      turn.answer("ok");
      turn.emit({ type: "own_turn", phase: "started" });
      turn.emit({ ...unaskedResult, text: "The build is green." });
    };
    await t.ask("hello");
    const kept = t.database.db.select().from(chatMessages).all();
    expect(kept.map(({ content }) => content)).toContain("The build is green.");
    expect([...told(t, "notice"), ...told(t, "answer")]).toEqual([]);
  });

  test("a turn of its own that fails says so; one that a person stopped does not", async () => {
    const t = await startWithTask();
    t.finishTask();
    t.speakUp();
    t.failOwnTurn("server_error");
    expect(told(t, "answer").at(-1)).toMatch(/model|Claude/);
    const before = told(t, "answer").length;
    t.speakUp();
    t.failOwnTurn("aborted");
    expect(told(t, "answer")).toHaveLength(before);
  });

  test("in the language that the chat has by then", async () => {
    const t = await startWithTask();
    t.database.db.update(chats).set({ language: "zh" }).run();
    t.driver.sessions[0]?.kill();
    await until(() => told(t, "notice").length === 1, "it is told");
    expect(told(t, "notice")[0]).toContain("后台任务");
  });
});

test("a chat whose background has just spoken is not the least recently used one", async () => {
  const t = await startWithTask({ maxLive: 2 });
  t.driver.script = (turn) => turn.answer("ok");
  await t.clock.advance(1_000);
  await t.ask("b", { chatId: "b" });
  await t.clock.advance(1_000);
  t.finishTask();
  t.speakUp();
  t.endOwnTurn("done");
  await t.clock.advance(1_000);
  await t.ask("c", { chatId: "c" });
  expect(t.driver.sessions.map(({ alive }) => alive)).toEqual([true, false, true]);
});
