import { createClient } from "@steward/client/client";
import { createSystemClock } from "@steward/platform/clock";
import { createSequentialIds } from "@steward/platform/ids";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runConversation } from "../src/chat/conversation.ts";
import { approval, QUESTIONS, shownApproval } from "./approval-fixture.ts";
import { createGate } from "./gate.ts";
import { TEST_TOKEN } from "./run-steward.ts";
import { createScreen, type Screen } from "./screen.ts";
import { StewardDouble } from "./steward-double.ts";
import { scriptTurns, TurnScript } from "./turn-script.ts";

const usage = null;
const done = (words: string) =>
  ({ type: "final", state: "done", text: words, errorCode: null, usage }) as const;
const turnId = (n: number): string => `018f0000-0000-7000-8000-00000000000${n}`;

let double: StewardDouble;
let screen: Screen;

beforeEach(async () => {
  double = await new StewardDouble(TEST_TOKEN).start();
  screen = createScreen();
});
afterEach(async () => {
  await double.stop();
  expect(double.violations).toEqual([]);
});

const converse = () =>
  runConversation({
    client: createClient({ baseUrl: double.url, token: TEST_TOKEN }),
    terminal: screen.terminal,
    chat: { botId: "cli", chatId: "cli", threadId: "" },
    clock: createSystemClock(),
    ids: createSequentialIds(),
    userName: "ada",
    apiUrl: double.url,
  });

test("prompts are answered one after the other until /exit", async () => {
  scriptTurns(double, [new TurnScript(turnId(1), [done("one")]), new TurnScript(turnId(2), [done("two")])]);
  const ended = converse();
  screen.input.write("first\n");
  await screen.waitFor("one\n");
  screen.input.write("second\n");
  await screen.waitFor("two\n");
  screen.input.write("/exit\n");
  expect(await ended).toBe(0);
  expect(double.callsOf("submitTurn").map(({ body }) => [body.text, body.userName])).toEqual([
    ["first", "ada"],
    ["second", "ada"],
  ]);
});

test("prompts typed while an answer comes are handed in at once, in their order", async () => {
  const slow = createGate();
  scriptTurns(double, [
    new TurnScript(turnId(1), [{ type: "text", offset: 0, text: "slow…" }, slow.passed, done("slow… done")]),
    new TurnScript(turnId(2), [{ type: "queued", position: 1, held: false }, done("two")]),
    new TurnScript(turnId(3), [done("three")]),
  ]);
  const ended = converse();
  screen.input.write("first\n");
  await screen.waitFor("slow…");
  screen.input.write("second\n");
  await expect.poll(() => double.callsOf("submitTurn").length).toBe(2);
  screen.input.write("third\n");
  await expect.poll(() => double.callsOf("submitTurn").length).toBe(3);
  slow.open();
  await screen.waitFor("three\n");
  screen.input.write("/exit\n");
  await ended;
  expect(double.callsOf("submitTurn").map(({ body }) => body.text)).toEqual(["first", "second", "third"]);
  const order = [" done\n", "two\n", "three\n"].map((each) => screen.text().indexOf(each));
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(order).not.toContain(-1);
});

test("a pasted text of several lines is one prompt", async () => {
  scriptTurns(double, [new TurnScript(turnId(1), [done("seen")])]);
  const ended = converse();
  screen.input.write("line one\nline two\n\nline four\n");
  await screen.waitFor("seen\n");
  screen.input.end();
  expect(await ended).toBe(0);
  expect(double.callsOf("submitTurn").map(({ body }) => body.text)).toEqual([
    "line one\nline two\n\nline four",
  ]);
});

test("/stop stops the running turn, /run releases what waits", async () => {
  const stopped = createGate();
  scriptTurns(double, [
    new TurnScript(turnId(1), [
      { type: "text", offset: 0, text: "working" },
      stopped.passed,
      { type: "final", state: "cancelled", text: "⏹ Stopped.", errorCode: "turn_cancelled", usage },
    ]),
  ]);
  double.on("stopChat", () => {
    stopped.open();
    return { body: { stopped: true, turnId: turnId(1), waiting: 2 } };
  });
  double.on("releaseQueue", () => ({ body: { count: 2 } }));
  const ended = converse();
  screen.input.write("go\n");
  await screen.waitFor("working");
  screen.input.write("/stop\n");
  await screen.waitFor("⏹ Stopped.");
  await screen.waitFor("2 more wait");
  screen.input.write("/run\n");
  await screen.waitFor("Running what waited: 2.");
  screen.input.write("/stop\n");
  await screen.waitFor("Nothing is running.");
  screen.input.write("/exit\n");
  await ended;
  expect(double.callsOf("releaseQueue").map(({ body }) => body.action)).toEqual(["run"]);
});

test("/status tells what the chat is doing, /new starts a conversation", async () => {
  double.on("newConversation", () => ({ body: { conversationId: "c2" } }));
  double.on("getChatStatus", () => ({
    body: {
      botId: "cli",
      chatId: "cli",
      threadId: "",
      session: { state: "ready", pid: 7, lastActiveAt: 1, model: "opus" },
      conversation: { id: "c", title: "Plans", cwd: "/home/ada", createdAt: 1, turns: 3, costUsd: 0.125 },
      running: null,
      waiting: 1,
      held: true,
    },
  }));
  const ended = converse();
  screen.input.write("/new\n");
  await screen.waitFor("New conversation.");
  screen.input.write("/status\n");
  await screen.waitFor("held after a stop");
  expect(screen.stderr()).toContain("session: ready, model opus");
  expect(screen.stderr()).toContain("Plans (3 turns, 0.13 USD)");
  screen.input.write("/exit\n");
  await ended;
});

test("a refusal is told and the conversation goes on", async () => {
  double.on("newConversation", () => ({ body: { conversationId: "c" } }));
  await double.stop();
  const ended = converse();
  screen.input.write("hello\n");
  await screen.waitFor("not running");
  await double.start();
  screen.input.write("/new\n");
  await screen.waitFor("New conversation.");
  screen.input.write("/exit\n");
  expect(await ended).toBe(0);
});

test("leaving in the middle of an answer says that it goes on", async () => {
  scriptTurns(double, [
    new TurnScript(turnId(1), [{ type: "text", offset: 0, text: "working" }, createGate().passed]),
  ]);
  const ended = converse();
  screen.input.write("go\n");
  await screen.waitFor("working");
  screen.input.write("/exit\n");
  expect(await ended).toBe(0);
  expect(screen.stderr()).toContain("goes on without you (1)");
});

describe("an approval", () => {
  const requested = (more: Parameters<typeof shownApproval>[0] = {}) =>
    ({ type: "approval_requested", ...shownApproval(more) }) as const;
  const resolved = (state: "allowed" | "denied" | "expired") =>
    ({
      type: "approval_resolved",
      approvalId: shownApproval().approvalId,
      state,
      decision: null,
      decidedBy: "owner",
    }) as const;

  /** One turn that asks; resolves with what was answered. */
  const asking = (more: Parameters<typeof shownApproval>[0] = {}) => {
    const answered = createGate();
    scriptTurns(double, [
      new TurnScript(turnId(1), [requested(more), answered.passed, resolved("allowed"), done("over")]),
    ]);
    double.on("decideApproval", ({ body }) => {
      answered.open();
      return { body: { ...approval(), state: "allowed", decision: body.decision, decidedBy: "owner" } };
    });
    return { ended: converse(), answered };
  };
  const answers = () => double.callsOf("decideApproval").map(({ body: { inputHash: _, ...body } }) => body);
  const leave = async (ended: Promise<unknown>) => {
    await screen.waitFor("over\n");
    screen.input.write("/exit\n");
    await ended;
  };

  test.each([
    ["y", { decision: "once" }],
    ["s", { decision: "session" }],
    ["N", { decision: "deny" }],
    ["put it into /tmp", { decision: "deny", message: "put it into /tmp" }],
  ])("is asked where the person sits; %j answers it", async (typed, body) => {
    const { ended } = asking();
    screen.input.write("make it\n");
    await screen.waitFor("Allow? y = once, s = in this session (Bash(mkdir made *))");
    expect(screen.text()).toContain("✋ Bash needs your word:\n    mkdir made\n");
    screen.input.write(`${typed}\n`);
    await leave(ended);
    expect(answers()).toEqual([body]);
    expect(double.callsOf("submitTurn")).toHaveLength(1);
  });

  test("is asked again after a slip of the finger, and without a rule not offered for the session", async () => {
    const { ended } = asking({ rule: null });
    screen.input.write("make it\n");
    await screen.waitFor("Allow? y = once, n = no");
    screen.input.write("s\n");
    await expect.poll(() => screen.text().split("Allow?").length).toBe(3);
    expect(answers()).toEqual([]);
    screen.input.write("y\n");
    await leave(ended);
  });

  test("with questions asks them one after the other", async () => {
    const { ended } = asking({ kind: "question", rule: null, questions: QUESTIONS });
    screen.input.write("ask me\n");
    await screen.waitFor("Which colour?  (a number");
    screen.input.write("2\n");
    await screen.waitFor("Which fruits?  (numbers with commas");
    screen.input.write("1,2\n");
    await leave(ended);
    expect(answers()).toEqual([
      { decision: "once", answers: { "Which colour?": ["Blue"], "Which fruits?": ["Apple", "Pear"] } },
    ]);
  });

  test("that was answered elsewhere is no longer asked: what is typed is a prompt again", async () => {
    const { ended, answered } = asking();
    screen.input.write("make it\n");
    await screen.waitFor("Allow?");
    answered.open();
    await leave(ended);
    expect(answers()).toEqual([]);
    expect(screen.text()).toContain("✓ allowed once, by owner");
  });
});
