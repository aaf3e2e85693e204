import { CliError } from "@steward/claude/cli-driver";
import { createFakeCliDriver, type FakeTurn } from "@steward/claude/fake-cli-driver";
import { conversations, deliveries } from "@steward/schema/tables";
import { describe, expect, test } from "vitest";
import { startCore, type TestCore, until } from "./test-core.ts";

const quarantineOf = (t: TestCore) =>
  t.database.db.select().from(conversations).all().at(-1)?.quarantineReason ?? null;
const sent = (t: TestCore) => t.driver.sessions.map(({ turns }) => turns.map(({ text }) => text));
const notices = (t: TestCore) =>
  t.database.db
    .select()
    .from(deliveries)
    .all()
    .flatMap(({ kind, text }) => (kind === "notice" ? [text] : []));
/** An answer with nothing in it: the CLI did not even ask the model. */
const answerNothing = (turn: FakeTurn) => turn.end({ ok: false, errorCode: "empty_result", numTurns: 0 });
const killInTool = async (turn: FakeTurn) => {
  turn.delta("I look around");
  await turn.tool("Bash", { command: "make" });
  turn.session.kill();
};

describe("row 8: the CLI is killed while a tool runs", () => {
  test("the turn ends with its partial text and is not run again; the next one resumes and is answered", async () => {
    const t = await startCore();
    t.driver.script = killInTool;
    const turn = await t.ask("build");
    expect(turn).toMatchObject({ state: "interrupted", errorCode: "cli_exited", attempt: 1 });
    expect(turn.text).toContain("I look around");
    expect(turn.errorDetail).toBe("Claude was ended by SIGKILL");
    expect(quarantineOf(t)).toBe("died");
    t.driver.script = (next) => next.answer("fine");
    expect((await t.ask("go on")).text).toBe("fine");
    expect(t.driver.launches[1]).toMatchObject({
      resume: true,
      cliSessionId: t.driver.launches[0]?.cliSessionId,
    });
    expect(quarantineOf(t)).toBeNull();
  });

  test("when the resumed one is killed as well, a new session takes over, seeded from our history, with one notice", async () => {
    const t = await startCore();
    const send = (text: string) => t.core.turns.waitForEnd(t.submit(text, { botId: "7" }, { deliver: true }));
    await send("my name is Ada");
    t.driver.script = killInTool;
    await send("build");
    await send("build again");
    expect(quarantineOf(t)).toBe("in_vain");
    t.driver.script = (turn) => turn.answer("fine");
    expect((await send("and now?")).text).toBe("fine");
    const [first, second, third] = t.driver.launches;
    expect(second).toMatchObject({ resume: true, cliSessionId: first?.cliSessionId });
    expect(third?.resume).toBe(false);
    expect(third?.cliSessionId).not.toBe(first?.cliSessionId);
    const seed = third?.appendSystemPrompt ?? "";
    expect(seed).toContain("Person: my name is Ada");
    expect(seed).toContain("You: echo: my name is Ada");
    expect(seed).toContain("You (this turn did not end well): ");
    expect(seed).toContain("I look around");
    expect(seed).not.toContain("and now?");
    expect(first?.appendSystemPrompt).not.toContain("earlier-conversation");
    expect(notices(t)).toEqual([expect.stringContaining("a new one took over")]);
    expect(quarantineOf(t)).toBeNull();
  });

  test("the new session is told the same again when it is resumed: its own transcript does not have it", async () => {
    const t = await startCore({ limits: { idleTimeoutMs: 1_000 } });
    await t.ask("my name is Ada");
    t.driver.script = killInTool;
    await t.ask("build");
    await t.ask("build again");
    let answer: () => void = () => undefined;
    t.driver.script = (turn) => {
      answer = () => turn.answer("fine");
    };
    const turnId = t.submit("and now?");
    await until(() => t.driver.sessions[2]?.turns.length === 1, "the new session works");
    await t.clock.advance(10);
    answer();
    await t.core.turns.waitForEnd(turnId);
    await t.clock.advance(1_000);
    t.submit("later");
    await until(() => t.driver.launches.length === 4, "it is resumed");
    const [, , third, fourth] = t.driver.launches;
    expect(fourth).toMatchObject({ resume: true, cliSessionId: third?.cliSessionId });
    expect(fourth?.appendSystemPrompt).toBe(third?.appendSystemPrompt);
  });

  test("what was said before /new is not told to the session of the new conversation", async () => {
    const t = await startCore();
    await t.ask("a secret");
    await t.core.chats.newConversation({ botId: "cli", chatId: "main", threadId: "" });
    await t.ask("something else");
    t.driver.script = killInTool;
    await t.ask("build");
    await t.ask("build again");
    t.driver.script = (turn) => turn.answer("fine");
    await t.ask("and now?");
    const seed = t.driver.launches.at(-1)?.appendSystemPrompt ?? "";
    expect(seed).toContain("something else");
    expect(seed).not.toContain("a secret");
  });
});

describe("row 9: the CLI hangs before its first sign of life", () => {
  test("one failure, the process ended, then by force when it does not go; the queue advances", async () => {
    const t = await startCore();
    t.driver.script = () => undefined;
    t.driver.announceTurns = false;
    t.driver.ignoreInterrupts = true;
    t.driver.ignoreEnds = true;
    const first = t.submit("hangs");
    await until(() => t.driver.sessions[0]?.turns.length === 1, "the prompt was sent");
    const second = t.submit("waits");
    await t.clock.advance(60_000);
    expect(t.core.turns.get(first)).toMatchObject({ state: "failed", errorCode: "cli_first_event_timeout" });
    expect(t.driver.sessions[0]?.alive).toBe(true);
    t.driver.script = (turn) => turn.answer("fine");
    t.driver.announceTurns = true;
    await t.clock.advance(20_000);
    expect(t.driver.sessions[0]?.alive).toBe(false);
    expect((await t.core.turns.waitForEnd(second)).text).toBe("fine");
    expect(sent(t)).toEqual([["hangs"], ["waits"]]);
  });
});

describe("row 10: the CLI hangs after a tool's result", () => {
  test("it may be silent as long as a model may, and longer while the tool still runs", async () => {
    const t = await startCore();
    let finish: () => void = () => undefined;
    t.driver.script = async (turn) => {
      const tool = await turn.tool("Bash", { command: "make" });
      finish = () => tool.finish();
    };
    const turnId = t.submit("build");
    await until(() => t.core.turns.get(turnId)?.startedTools === true, "the tool runs");
    await t.clock.advance(800_000);
    finish();
    await t.clock.advance(299_000);
    expect(t.core.turns.get(turnId)?.state).toBe("running");
    await t.clock.advance(1_000);
    expect(t.core.turns.get(turnId)).toMatchObject({ state: "failed", errorCode: "cli_silent" });
    expect(t.driver.sessions[0]?.alive).toBe(false);
    expect(quarantineOf(t)).toBe("killed");
  });
});

describe("row 11: the CLI has answered and will not go", () => {
  test("the answer is there at once; the process is ended by force when its place is needed", async () => {
    const t = await startCore({ limits: { maxLive: 1 } });
    t.driver.ignoreEnds = true;
    expect(await t.ask("hello", { chatId: "a" })).toMatchObject({ state: "done", text: "echo: hello" });
    const next = t.submit("hello", { chatId: "b" });
    await until(() => t.core.load().waitingForPlace === 1, "b waits for the place");
    await t.clock.advance(20_000);
    expect((await t.core.turns.waitForEnd(next)).state).toBe("done");
    expect(t.driver.sessions.map(({ alive }) => alive)).toEqual([false, true]);
    expect(quarantineOf(t)).toBeNull();
  });
});

describe("row 12: the CLI ends a turn without an answer", () => {
  const silences: [string, (turn: FakeTurn) => void][] = [
    ["an empty result", answerNothing],
    ["exit 0 without a result", (turn) => turn.session.crash(0)],
  ];

  test.each(silences)("%s is retried once by itself, in a fresh seeded session", async (_what, silence) => {
    const t = await startCore();
    await t.ask("my name is Ada");
    let times = 0;
    t.driver.script = (turn) => (times++ === 0 ? silence(turn) : turn.answer("there you are"));
    const turn = await t.ask("hello?");
    expect(turn).toMatchObject({ state: "done", text: "there you are", attempt: 2 });
    expect(sent(t)).toEqual([["my name is Ada", "hello?"], ["hello?"]]);
    const [first, second] = t.driver.launches;
    expect(second?.resume).toBe(false);
    expect(second?.cliSessionId).not.toBe(first?.cliSessionId);
    expect(second?.appendSystemPrompt).toContain("my name is Ada");
    expect(second?.appendSystemPrompt).not.toContain("hello?");
    expect(t.driver.sessions[0]?.alive).toBe(false);
    expect(quarantineOf(t)).toBeNull();
  });

  test.each(silences)("%s twice is a clear error, and no third attempt", async (_what, silence) => {
    const t = await startCore();
    await t.ask("hello");
    t.driver.script = silence;
    const turn = await t.ask("hello?");
    expect(["failed", "interrupted"]).toContain(turn.state);
    expect(["cli_no_answer", "cli_exited"]).toContain(turn.errorCode);
    expect(turn.text).not.toBe("");
    expect(t.driver.launches).toHaveLength(2);
    t.driver.script = (next) => next.answer("fine");
    expect((await t.ask("and now?")).text).toBe("fine");
  });

  test.each(silences)("%s after a tool is never run again", async (_what, silence) => {
    const t = await startCore();
    t.driver.script = async (turn) => {
      (await turn.tool("Bash", { command: "deploy" })).finish();
      silence(turn);
    };
    const turn = await t.ask("deploy");
    expect(["failed", "interrupted"]).toContain(turn.state);
    expect(turn.attempt).toBe(1);
    expect(t.driver.launches).toHaveLength(1);
  });

  test("a turn that worked in silence is no such case", async () => {
    const t = await startCore();
    t.driver.script = (turn) => turn.end({ ok: false, errorCode: "empty_result", numTurns: 3 });
    expect(await t.ask("just do it")).toMatchObject({ state: "done", attempt: 1 });
    expect(t.driver.launches).toHaveLength(1);
  });

  test("a person's stop is not answered by a retry", async () => {
    const t = await startCore();
    t.driver.script = () => undefined;
    t.driver.ignoreInterrupts = true;
    const turnId = t.submit("hello");
    await until(() => t.driver.sessions[0]?.turns.length === 1, "it runs");
    const stopped = t.core.chats.stop({ botId: "cli", chatId: "main", threadId: "" });
    t.driver.sessions[0]?.crash(0);
    await stopped;
    expect(t.core.turns.get(turnId)?.state).toBe("cancelled");
    expect(t.driver.launches).toHaveLength(1);
  });
});

describe("row 13: the CLI cannot be started", () => {
  test.each([
    ["cli_not_found", "cli_not_found", "CLAUDE_BIN"],
    ["cli_too_old", "cli_too_old", "too old"],
    // A missing login holds the queue instead: holds.test.ts.
    ["cli_spawn_failed", "cli_spawn_failed", "steward doctor"],
    ["cli_handshake_timeout", "cli_spawn_failed", "steward doctor"],
    ["cli_exited", "cli_exited", "unexpectedly"],
  ] as const)("%s: one attempt, and a sentence with the next step", async (error, errorCode, words) => {
    const t = await startCore();
    t.driver.failOpen(new CliError(error, "why"));
    const turn = await t.ask("hello");
    expect(turn).toMatchObject({ state: "failed", errorCode });
    expect(turn.text).toContain(words);
    await t.clock.advance(600_000);
    expect(t.driver.launches).toHaveLength(1);
    expect(t.core.load().live).toBe(0);
  });

  test("each of many waiting turns tries once, in its order, and a CLI that is back answers the rest", async () => {
    const t = await startCore();
    t.driver.failOpen(...[1, 2].map(() => new CliError("cli_not_found", "")));
    const turns = ["a", "b", "c"].map((text) => t.submit(text));
    const ended = await Promise.all(turns.map((turnId) => t.core.turns.waitForEnd(turnId)));
    expect(ended.map(({ state }) => state)).toEqual(["failed", "failed", "done"]);
    expect(t.driver.launches).toHaveLength(3);
  });

  test("a CLI that starts for nobody costs no conversation its session", async () => {
    const t = await startCore({ limits: { idleTimeoutMs: 1_000 } });
    await t.ask("hello");
    await t.clock.advance(1_000);
    t.driver.failOpen(new CliError("cli_exited", "broken"), new CliError("cli_exited", "broken"));
    expect(await t.ask("hello?")).toMatchObject({ state: "failed", errorCode: "cli_exited" });
    expect((await t.ask("again")).text).toBe("echo: again");
    expect(t.driver.launches.at(-1)).toMatchObject({
      resume: true,
      cliSessionId: t.driver.launches[0]?.cliSessionId,
    });
  });

  test("one that dies of its transcript alone is taken over at once", async () => {
    const t = await startCore({ limits: { idleTimeoutMs: 1_000 } });
    await t.ask("my name is Ada");
    await t.clock.advance(1_000);
    t.driver.failOpen(new CliError("cli_exited", "broken"));
    expect((await t.ask("hello?")).text).toBe("echo: hello?");
    expect(t.driver.launches.map(({ resume }) => resume)).toEqual([false, true, false]);
    expect(t.driver.launches[2]?.appendSystemPrompt).toContain("my name is Ada");
  });
});

describe("row 3: the service dies over a turn", () => {
  test("its session was killed with it: it is resumed once, and when that fails, too, taken over", async () => {
    const t = await startCore();
    t.driver.script = async (turn) => {
      await turn.tool("Bash", { command: "make" });
    };
    const turnId = t.submit("build");
    await until(() => t.core.turns.get(turnId)?.startedTools === true, "the tool runs");
    const next = await t.reboot({ driver: createFakeCliDriver({ script: killInTool }) });
    expect(next.core.turns.get(turnId)?.state).toBe("interrupted");
    expect(quarantineOf(next)).toBe("restart");
    await next.ask("go on");
    expect(quarantineOf(next)).toBe("in_vain");
    next.driver.script = (turn) => turn.answer("fine");
    expect((await next.ask("and now?")).text).toBe("fine");
    expect(next.driver.launches.map(({ resume }) => resume)).toEqual([true, false]);
  });
});

describe("a stop that has to be carried out by force", () => {
  test("twice in a row costs the conversation nothing: the same CLI session is resumed", async () => {
    const t = await startCore();
    await t.ask("hello");
    t.driver.script = (turn) => turn.delta("working");
    t.driver.ignoreInterrupts = true;
    for (const text of ["one", "two"]) {
      const turnId = t.submit(text);
      await until(() => t.core.turns.get(turnId)?.text === "working", "it works");
      const stopped = t.core.chats.stop({ botId: "cli", chatId: "main", threadId: "" });
      await t.clock.advance(30_000);
      await stopped;
      expect(t.core.turns.get(turnId)).toMatchObject({ state: "cancelled" });
      expect(quarantineOf(t)).toBe("stopped");
    }
    t.driver.script = (turn) => turn.answer("still here");
    expect((await t.ask("again")).text).toBe("still here");
    expect(new Set(t.driver.launches.map(({ cliSessionId }) => cliSessionId)).size).toBe(1);
    expect(quarantineOf(t)).toBeNull();
  });
});
