import { CliError } from "@steward/claude/cli-driver";
import type { TurnEvent } from "@steward/contract/turn-events";
import { applyText } from "@steward/contract/turn-events";
import { describe, expect, test } from "vitest";
import { startCore, until } from "./test-core.ts";

describe("a turn", () => {
  test("is answered by a fresh CLI session under our own id and stands in the history with both sides", async () => {
    const { core, ask, driver } = await startCore();
    const turn = await ask("hello");
    expect(turn).toMatchObject({ state: "done", text: "echo: hello", errorCode: null, attempt: 1 });
    expect(turn.usage).toMatchObject({ inputTokens: 10, outputTokens: 5, costUsd: 0.001 });
    expect(driver.launches).toHaveLength(1);
    expect(driver.launches[0]).toMatchObject({ resume: false, cwd: "/workspaces/cli/main" });
    const messages = core.history.messages("gw-cli-main", 0);
    expect(messages?.map(({ role, content }) => [role, content])).toEqual([
      ["user", "hello"],
      ["assistant", "echo: hello"],
    ]);
  });

  test("uses the warm process of its chat; another chat gets a process and a conversation of its own", async () => {
    const { ask, driver } = await startCore();
    await ask("one");
    await ask("two");
    await ask("three", { chatId: "other" });
    expect(driver.sessions.map((session) => session.turns.map((turn) => turn.text))).toEqual([
      ["one", "two"],
      ["three"],
    ]);
    expect(driver.launches[0]?.cliSessionId).not.toBe(driver.launches[1]?.cliSessionId);
  });

  test("is suspended when idle and resumed with the same session id by the next message", async () => {
    const { ask, driver, clock } = await startCore({ limits: { idleTimeoutMs: 60_000 } });
    await ask("one");
    await clock.advance(60_000);
    expect(driver.sessions[0]?.alive).toBe(false);
    await ask("two");
    expect(driver.launches[1]).toMatchObject({
      resume: true,
      cliSessionId: driver.launches[0]?.cliSessionId,
      cwd: driver.launches[0]?.cwd,
    });
  });

  test("waits behind the running one and keeps its place in the order of arrival", async () => {
    const { submit, core, driver } = await startCore();
    const ends: (() => void)[] = [];
    driver.script = (turn) => void ends.push(() => turn.answer(turn.text));
    const [a, b, c] = ["a", "b", "c"].map((text) => submit(text));
    await until(() => ends.length === 1, "the first turn runs");
    expect([b, c].map((id) => core.turns.get(id ?? "")?.queuePosition)).toEqual([1, 2]);
    const order: string[] = [];
    for (const id of [a, b, c]) void core.turns.waitForEnd(id ?? "").then((turn) => order.push(turn.text));
    for (let index = 0; index < 3; index += 1) {
      await until(() => ends.length > index, "the next turn runs");
      ends[index]?.();
    }
    await until(() => order.length === 3, "all are answered");
    expect(order).toEqual(["a", "b", "c"]);
  });

  test("with the key of an earlier one is that turn; with another text it is refused", async () => {
    const { submit, driver, core } = await startCore();
    const first = submit("once", {}, { key: "k1" });
    expect(submit("once", {}, { key: "k1" })).toBe(first);
    expect(() => submit("twice", {}, { key: "k1" })).toThrow(
      expect.objectContaining({ code: "idempotency_mismatch" }) as Error,
    );
    await core.turns.waitForEnd(first);
    expect(driver.sessions.flatMap((session) => session.turns)).toHaveLength(1);
  });

  test("that cannot start fails with the reason and the next step, and the next message tries again", async () => {
    const { ask, driver, core } = await startCore();
    driver.failOpen(new CliError("cli_not_found", "no claude anywhere"));
    const turn = await ask("hello");
    expect(turn).toMatchObject({ state: "failed", errorCode: "cli_not_found" });
    expect(turn.text).toContain("steward doctor");
    expect(core.history.messages("gw-cli-main", 0)?.at(-1)).toMatchObject({
      source: "error",
      content: turn.text,
    });
    expect((await ask("again")).state).toBe("done");
  });

  test("whose CLI reports an error fails with a sentence and keeps what was said", async () => {
    const { ask, driver } = await startCore();
    driver.script = (turn) => {
      turn.delta("I had begun");
      turn.end({ ok: false, isError: true, errorCode: "billing_error", text: "Credit balance is too low" });
    };
    const turn = await ask("hello");
    expect(turn).toMatchObject({
      state: "failed",
      errorCode: "model_billing",
      errorDetail: "Credit balance is too low",
    });
    expect(turn.text).toContain("no credit");
    expect(turn.text).toContain("I had begun");
  });

  test("starts a second time by itself when its process dies before any tool, and only once", async () => {
    const { ask, driver } = await startCore();
    driver.script = (turn) => {
      turn.delta("half");
      turn.session.crash();
    };
    const turn = await ask("hello");
    expect(driver.launches).toHaveLength(2);
    expect(turn).toMatchObject({ state: "interrupted", errorCode: "cli_exited", attempt: 2 });
    expect(turn.errorDetail).toBe("Claude exited with code 1");
    expect(new Set(driver.sessions.flatMap((session) => session.turns.map(({ uuid }) => uuid))).size).toBe(2);
  });

  test("is never run again once a tool has started", async () => {
    const { ask, driver } = await startCore();
    driver.script = async (turn) => {
      await turn.tool("Bash", { command: "rm x" });
      turn.session.crash();
    };
    const turn = await ask("hello");
    expect(driver.launches).toHaveLength(1);
    expect(turn).toMatchObject({ state: "interrupted", startedTools: true, attempt: 1 });
  });

  test("is committed as having started tools before the tool may run", async () => {
    const { submit, core, driver } = await startCore();
    const seen: (boolean | undefined)[] = [];
    let turnId = "";
    driver.script = async (turn) => {
      const tool = await turn.tool("Bash", { command: "date" });
      seen.push(core.turns.get(turnId)?.startedTools);
      tool.finish();
      turn.answer("done");
    };
    turnId = submit("hello");
    await core.turns.waitForEnd(turnId);
    expect(seen).toEqual([true]);
  });

  test("that shows no sign of life is stopped after the first-event limit, and the chat goes on", async () => {
    const { submit, core, driver, clock } = await startCore();
    driver.script = () => undefined;
    driver.announceTurns = false;
    const turnId = submit("hello");
    await until(() => driver.sessions[0]?.turns.length === 1, "the prompt was sent");
    await clock.advance(59_000);
    expect(core.turns.get(turnId)?.state).toBe("running");
    await clock.advance(1_000);
    expect(core.turns.get(turnId)).toMatchObject({ state: "failed", errorCode: "cli_first_event_timeout" });
    expect(driver.sessions[0]?.alive).toBe(false);
    driver.script = (turn) => turn.answer("fine");
    const next = submit("next");
    expect((await core.turns.waitForEnd(next)).text).toBe("fine");
  });

  test("may think for minutes, but not for ever", async () => {
    const { submit, core, driver, clock } = await startCore();
    driver.script = (turn) => turn.delta("hm");
    const turnId = submit("hello");
    await until(() => driver.sessions[0]?.turns.length === 1, "the prompt was sent");
    await clock.advance(299_000);
    expect(core.turns.get(turnId)?.state).toBe("running");
    await clock.advance(1_000);
    expect(core.turns.get(turnId)).toMatchObject({ state: "failed", errorCode: "cli_silent" });
    expect(core.turns.get(turnId)?.text).toContain("hm");
  });

  test("may stay silent much longer while a tool runs", async () => {
    const { submit, core, driver, clock } = await startCore();
    driver.script = async (turn) => {
      await turn.tool("Bash", { command: "make" });
    };
    const turnId = submit("hello");
    await until(() => core.turns.get(turnId)?.startedTools === true, "the tool runs");
    await clock.advance(899_000);
    expect(core.turns.get(turnId)?.state).toBe("running");
    await clock.advance(2_000);
    expect(core.turns.get(turnId)).toMatchObject({ state: "failed", errorCode: "cli_tool_silent" });
  });

  test("goes on in a new CLI session when the transcript is gone, and says so where it can", async () => {
    const { core, driver, clock, submit, frontEnd } = await startCore({ limits: { idleTimeoutMs: 1_000 } });
    await core.turns.waitForEnd(submit("one", { botId: "7" }, { deliver: true }));
    await clock.advance(1_000);
    driver.failOpen(new CliError("cli_session_missing", "No conversation found"));
    const { events } = frontEnd("7");
    const turn = await core.turns.waitForEnd(submit("two", { botId: "7" }, { deliver: true }));
    expect(turn).toMatchObject({ text: "echo: two", errorCode: null });
    expect(driver.launches.map(({ resume }) => resume)).toEqual([false, true, false]);
    const notices = events.flatMap((event) => (event.type === "delivery" ? [event.delivery] : []));
    expect(notices.find(({ kind }) => kind === "notice")?.text).toContain("a new one took over");
  });

  test("is refused when too many wait, and nothing of it is kept", async () => {
    const { submit, core, driver } = await startCore({ limits: { maxWaitingPerChat: 1 } });
    driver.script = () => undefined;
    submit("runs");
    await until(() => driver.sessions[0]?.turns.length === 1, "the first runs");
    submit("waits");
    expect(() => submit("refused")).toThrow(expect.objectContaining({ code: "queue_full" }) as Error);
    expect(core.history.messages("gw-cli-main", 0)?.map(({ content }) => content)).toEqual(["runs", "waits"]);
  });
});

describe("places for processes", () => {
  test("the least recently used ready session makes room, and a chat that waits gets it", async () => {
    const { ask, driver, clock } = await startCore({ limits: { maxLive: 2 } });
    await ask("a", { chatId: "a" });
    await clock.advance(10);
    await ask("b", { chatId: "b" });
    await clock.advance(10);
    await ask("c", { chatId: "c" });
    expect(driver.sessions.map(({ alive }) => alive)).toEqual([false, true, true]);
    await ask("a again", { chatId: "a" });
    expect(driver.launches[3]).toMatchObject({
      resume: true,
      cliSessionId: driver.launches[0]?.cliSessionId,
    });
  });

  test("a session that becomes free while others wait hands its place on", async () => {
    const { submit, core, driver } = await startCore({ limits: { maxLive: 1 } });
    const ends: (() => void)[] = [];
    driver.script = (turn) => void ends.push(() => turn.answer(turn.text));
    const a = submit("a", { chatId: "a" });
    const b = submit("b", { chatId: "b" });
    await until(() => ends.length === 1, "the first chat runs");
    expect(core.load()).toMatchObject({ live: 1, waitingForPlace: 1 });
    ends[0]?.();
    await until(() => ends.length === 2, "the second chat runs");
    ends[1]?.();
    await core.turns.waitForEnd(b);
    expect(core.turns.get(a)?.state).toBe("done");
  });
});

describe("the stream of a turn", () => {
  const collect = (
    core: Awaited<ReturnType<typeof startCore>>["core"],
    turnId: string,
    afterN: number | null,
  ) => {
    const events: TurnEvent[] = [];
    const ids: string[] = [];
    let ended = false;
    const detach = core.turns.subscribe(turnId, afterN, (item) => {
      if (!item) ended = true;
      if (item?.event) events.push(item.event);
      if (item?.id) ids.push(item.id);
    });
    return { events, ids, ended: () => ended, detach };
  };
  const textOf = (events: TurnEvent[]) =>
    events.reduce((text, event) => (event.type === "text" ? applyText(text, event) : text), "");

  test("tells deltas at once and the same text to everyone who joins, early, late or after the end", async () => {
    const { submit, core, driver, clock } = await startCore();
    const steps: (() => void)[] = [];
    driver.script = (turn) => {
      turn.delta("one ");
      steps.push(
        () => turn.delta("two "),
        () => turn.delta("three"),
        () => turn.answer("one two three"),
      );
    };
    const turnId = submit("count");
    const early = collect(core, turnId, null);
    await until(() => steps.length === 3, "the turn runs");
    expect(textOf(early.events)).toBe("one ");
    await clock.advance(1_000);
    steps[0]?.();
    const late = collect(core, turnId, null);
    steps[1]?.();
    expect(textOf(late.events)).toBe("one two three");
    steps[2]?.();
    await core.turns.waitForEnd(turnId);
    const after = collect(core, turnId, null);
    for (const reader of [early, late, after]) {
      expect(textOf(reader.events)).toBe("one two three");
      expect(reader.events.at(-1)).toMatchObject({ type: "final", state: "done", text: "one two three" });
      expect(reader.ended()).toBe(true);
    }
  });

  test("resumes behind any committed chunk without a gap, and starts over for a number it does not know", async () => {
    const { submit, core, driver, clock } = await startCore();
    driver.script = async (turn) => {
      turn.delta("a".repeat(5_000));
      const tool = await turn.tool("Bash", { command: "date" });
      tool.finish();
      turn.delta("tail");
      turn.answer("tail");
    };
    const turnId = submit("go");
    await core.turns.waitForEnd(turnId);
    await clock.advance(2_000);
    const whole = collect(core, turnId, null);
    expect(whole.ids.length).toBeGreaterThan(4);
    for (let n = 0; n <= whole.ids.length; n += 1) {
      expect(collect(core, turnId, n).events).toEqual(whole.events.slice(n));
    }
    expect(collect(core, turnId, 999).events).toEqual(whole.events);
  });

  test("a whole block supersedes its own deltas", async () => {
    const { submit, core, driver } = await startCore();
    driver.script = (turn) => {
      turn.delta("first attempt that brea");
      turn.answer("The real answer");
    };
    const turnId = submit("go");
    const reader = collect(core, turnId, null);
    await core.turns.waitForEnd(turnId);
    expect(textOf(reader.events)).toBe("The real answer");
  });
});
