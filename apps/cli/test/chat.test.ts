import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { shownApproval } from "./approval-fixture.ts";
import { createGate } from "./gate.ts";
import { layOutData, makeHome, runSteward, startSteward, TEST_TOKEN } from "./run-steward.ts";
import { StewardDouble } from "./steward-double.ts";
import { scriptTurns, TurnScript } from "./turn-script.ts";

const TURN = "018f0000-0000-7000-8000-000000000001";
const FILE = "018f0000-0000-7000-8000-00000000000f";
const usage = null;
const started = { type: "started", start: "warm" } as const;
const text = (offset: number, words: string) => ({ type: "text", offset, text: words }) as const;
const done = (words: string) =>
  ({ type: "final", state: "done", text: words, errorCode: null, usage }) as const;

let double: StewardDouble;
let home: string;

beforeEach(async () => {
  double = await new StewardDouble(TEST_TOKEN).start();
  home = makeHome();
  layOutData(home);
});
afterEach(async () => {
  await double.stop();
  expect(double.violations).toEqual([]);
});

const around = (more: object = {}) => ({ home, port: double.port, ...more });

describe("one prompt", () => {
  test("is submitted for the terminal's own bot, and the answer alone goes into a pipe", async () => {
    scriptTurns(double, [
      new TurnScript(TURN, [
        started,
        text(0, "Let me look.\n\n"),
        {
          type: "tool_started",
          toolUseId: "t1",
          name: "Bash",
          summary: "date",
          parentToolUseId: null,
        },
        { type: "tool_finished", toolUseId: "t1", isError: false, durationMs: 300 },
        text(14, "It is **noon**."),
        done("It is **noon**."),
      ]),
    ]);
    const run = await runSteward(["chat", "what", "time is it?"], around());
    expect(run).toEqual({ code: 0, stdout: "It is **noon**.\n", stderr: "⚙ Bash date ✓ 0.3 s\n" });
    const [submitted] = double.callsOf("submitTurn");
    expect(submitted?.body).toMatchObject({
      botId: "cli",
      chatId: "cli",
      threadId: "",
      source: "cli",
      text: "what time is it?",
    });
    expect(submitted?.headers["idempotency-key"]).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("that needs an approval where nobody can be asked says how to answer it elsewhere", async () => {
    scriptTurns(double, [
      new TurnScript(TURN, [
        { type: "approval_requested", ...shownApproval() },
        {
          type: "approval_resolved",
          approvalId: shownApproval().approvalId,
          state: "expired",
          decision: null,
          decidedBy: "steward",
        },
        done("not done"),
      ]),
    ]);
    const run = await runSteward(["chat", "make it"], around());
    expect(run.stdout).toBe("not done\n");
    expect(run.stderr).toBe(
      [
        "✋ Bash needs your word:",
        "    mkdir made",
        "Answer with: steward approvals allow 0000a1, or deny 0000a1",
        "⌛ expired: nobody answered, so it counts as denied",
        "",
      ].join("\n"),
    );
  });

  test("comes from standard input when it is piped, and where - stands", async () => {
    scriptTurns(double, [
      new TurnScript(TURN, [done("a")]),
      new TurnScript("018f0000-0000-7000-8000-000000000002", [done("b")]),
    ]);
    await runSteward(["chat"], around({ input: "from a pipe\n" }));
    await runSteward(["chat", "Review this:", "-"], around({ input: "diff --git\n" }));
    expect(double.callsOf("submitTurn").map(({ body }) => body.text)).toEqual([
      "from a pipe",
      "Review this:\n\ndiff --git",
    ]);
  });

  test("with words does not wait for a standard input that nobody closes", async () => {
    scriptTurns(double, [new TurnScript(TURN, [done("hi")])]);
    const run = await runSteward(["chat", "hello"], around({ input: "open" }));
    expect(run).toMatchObject({ code: 0, stdout: "hi\n" });
  });

  test("may begin with a word that is a command elsewhere", async () => {
    scriptTurns(double, [new TurnScript(TURN, [done("sure")])]);
    expect(await runSteward(["chat", "help", "me"], around())).toMatchObject({ code: 0, stdout: "sure\n" });
  });

  test("goes to the chat of that name, in a new conversation first when asked", async () => {
    scriptTurns(double, [new TurnScript(TURN, [done("ok")])]);
    double.on("newConversation", () => ({ body: { conversationId: "c" } }));
    const run = await runSteward(["chat", "--chat", "work", "--new", "plan"], around());
    expect(run.code).toBe(0);
    expect(double.calls.map(({ name, request }) => [name, request.body?.chatId])).toEqual([
      ["newConversation", "work"],
      ["submitTurn", "work"],
      ["turnEvents", undefined],
    ]);
  });

  test("as JSON gives one event a line, the final one last", async () => {
    scriptTurns(double, [new TurnScript(TURN, [started, text(0, "hi"), done("hi")])]);
    const { code, stdout } = await runSteward(["chat", "--json", "hello"], around());
    const events = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { type: string; turnId: string });
    expect(code).toBe(0);
    expect(events.map(({ type }) => type)).toEqual(["started", "text", "final"]);
    expect(events.every(({ turnId }) => turnId === TURN)).toBe(true);
  });

  test("that fails is told on standard error, with exit code 1 and nothing for the pipe", async () => {
    scriptTurns(double, [
      new TurnScript(TURN, [
        { type: "retrying", attempt: 1, maxRetries: 2, delayMs: 500, reason: "overloaded" },
        {
          type: "final",
          state: "failed",
          text: "The model is overloaded right now.",
          errorCode: "model_overloaded",
          usage,
        },
      ]),
    ]);
    expect(await runSteward(["chat", "hello"], around())).toEqual({
      code: 1,
      stdout: "",
      stderr: "↻ overloaded: try 1 of 2 in 0.5 s\nThe model is overloaded right now.\n",
    });
  });

  test("without any text is not sent", async () => {
    const run = await runSteward(["chat", " "], around());
    expect(run).toMatchObject({ code: 2, stdout: "" });
    expect(run.stderr).toContain("Nothing to send");
    expect(double.calls).toEqual([]);
  });

  test("over 1 MiB is not sent", async () => {
    const run = await runSteward(["chat", "-"], around({ input: "x".repeat(1_048_577) }));
    expect(run).toMatchObject({ code: 2 });
    expect(double.calls).toEqual([]);
  });

  test("may be a file alone", async () => {
    const path = join(home, "note.txt");
    writeFileSync(path, "some text");
    double.on("uploadFile", () => ({
      status: 201,
      body: {
        id: FILE,
        direction: "in",
        name: "note.txt",
        mediaType: "text/plain",
        bytes: 9,
        path: "files/note.txt",
        botId: "cli",
        chatId: "cli",
        threadId: "",
        sha256: "",
        turnId: null,
        createdAt: 0,
      },
    }));
    scriptTurns(double, [new TurnScript(TURN, [started, done("A note.")])]);
    const run = await runSteward(["chat", "--file", path], around());
    expect(run).toMatchObject({ code: 0, stdout: "A note.\n" });
    expect(double.callsOf("submitTurn")[0]?.body).toMatchObject({ text: "", fileIds: [FILE] });
  });

  test("row 22: with 200 files is not sent, and none of them is uploaded", async () => {
    const files = Array.from({ length: 200 }, (_, index) => ["--file", `no-such-${index}.txt`]).flat();
    expect(await runSteward(["chat", ...files, "look"], around())).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining("At most 20 files go with one message. Nothing was sent."),
    });
    expect(double.calls).toEqual([]);
  });

  test("to a chat that cannot be one is not sent", async () => {
    const run = await runSteward(["chat", "--chat", "../x", "hi"], around());
    expect(run).toMatchObject({ code: 2 });
    expect(run.stderr).toContain("../x");
  });

  test("in Chinese surroundings is spoken about in Chinese", async () => {
    scriptTurns(double, [new TurnScript(TURN, [{ type: "queued", position: 2, held: false }, done("好")])]);
    const run = await runSteward(["chat", "你好"], around({ env: { LANG: "zh_CN.UTF-8" } }));
    expect(run.stdout).toBe("好\n");
    expect(run.stderr).toContain("排第 2");
  });

  test("whose reader has seen enough ends quietly", async () => {
    scriptTurns(double, [new TurnScript(TURN, [done("line\n".repeat(200_000))])]);
    const running = startSteward(["chat", "hello"], around({ hangUpAfter: 10 }));
    expect(await running.exited).toMatchObject({ code: 141, stderr: "" });
  });
});

describe("Ctrl-C", () => {
  const stoppable = (onStop: () => void) => {
    const running = createGate();
    scriptTurns(double, [
      new TurnScript(TURN, [
        started,
        { type: "tool_started", toolUseId: "t1", name: "Bash", summary: "sleep 60", parentToolUseId: null },
        { type: "retrying", attempt: 1, maxRetries: 2, delayMs: 500, reason: "busy" },
        running.passed,
        { type: "final", state: "cancelled", text: "⏹ Stopped.", errorCode: "turn_cancelled", usage },
      ]),
    ]);
    double.on("stopChat", () => {
      onStop();
      return { body: { stopped: true, turnId: TURN, waiting: 0 } };
    });
    return running;
  };

  test("stops the turn, waits for its end and says 130", async () => {
    const running = stoppable(() => running.open());
    const steward = startSteward(["chat", "sleep"], around());
    await steward.waitFor("busy");
    steward.signal("SIGINT");
    const run = await steward.exited;
    expect(run).toMatchObject({ code: 130, stdout: "" });
    expect(run.stderr).toContain("⏹ Stopping");
    expect(run.stderr).toContain("⏹ Stopped.");
    expect(double.callsOf("stopChat").map(({ body }) => body)).toEqual([
      { botId: "cli", chatId: "cli", threadId: "", turnId: TURN },
    ]);
  });

  test("twice leaves at once, while the turn is still ending", async () => {
    const running = stoppable(() => undefined);
    const steward = startSteward(["chat", "sleep"], around());
    await steward.waitFor("busy");
    steward.signal("SIGINT");
    await steward.waitFor("Stopping");
    // The launcher may pass the same Ctrl-C on; only a later one is the second.
    const secondsLater = setInterval(() => steward.signal("SIGINT"), 100);
    expect(await steward.exited).toMatchObject({ code: 130 });
    clearInterval(secondsLater);
    expect(double.callsOf("stopChat")).toHaveLength(1);
    running.open();
  });
});

describe("a service that goes away", () => {
  test("in the middle of an answer is waited for; the answer comes whole", async () => {
    const restarted = createGate();
    scriptTurns(double, [
      new TurnScript(TURN, [
        started,
        text(0, "Hello "),
        restarted.passed,
        text(6, "again."),
        done("Hello again."),
      ]),
    ]);
    const steward = startSteward(["chat", "--json", "hello"], around());
    await steward.waitFor("Hello ");
    await double.stop();
    await steward.waitFor("The connection is gone");
    await double.start();
    restarted.open();
    const run = await steward.exited;
    expect(run.code).toBe(0);
    expect(run.stderr).toContain("connected again");
    const types = run.stdout
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { type: string }).type);
    expect(types).toEqual(["started", "text", "text", "final"]);
    expect(double.callsOf("turnEvents").at(-1)?.headers["last-event-id"]).toBe(`${TURN}:2`);
    expect(double.callsOf("submitTurn")).toHaveLength(1);
  });

  test("while a prompt is handed in is asked again under the same key", async () => {
    const script = new TurnScript(TURN, [done("once")]);
    scriptTurns(double, [script]);
    let first = true;
    const keys = new Set<unknown>();
    double.on("submitTurn", ({ headers }, response) => {
      keys.add(headers["idempotency-key"]);
      if (first) {
        first = false;
        response.destroy();
        return undefined;
      }
      return { body: { turnId: TURN, state: "queued", duplicate: true } };
    });
    const run = await runSteward(["chat", "hello"], around());
    expect(run).toMatchObject({ code: 0, stdout: "once\n" });
    expect(double.callsOf("submitTurn")).toHaveLength(2);
    expect(keys.size).toBe(1);
  });
});

describe("nobody to talk to", () => {
  test("nothing runs: says how to start it, with exit code 2", async () => {
    const { port } = double;
    await double.stop();
    const run = await runSteward(["chat", "hello"], { home, port });
    expect(run).toMatchObject({ code: 2, stdout: "" });
    expect(run.stderr).toContain(`not running at http://127.0.0.1:${port}`);
    expect(run.stderr).toContain("npm start");
  });

  test("never started here: says so", async () => {
    const run = await runSteward(["chat", "hello"], { home: makeHome(), port: double.port });
    expect(run).toMatchObject({ code: 2, stdout: "" });
    expect(run.stderr).toContain("has not been started here yet");
    expect(double.calls).toEqual([]);
  });

  test("another installation's service: the token is refused", async () => {
    const other = await new StewardDouble("another-token-0123456789-abcdefghijkl").start();
    const run = await runSteward(["chat", "hello"], { home, port: other.port });
    await other.stop();
    expect(run).toMatchObject({ code: 2, stdout: "" });
    expect(run.stderr).toContain("does not accept this token");
  });

  test("wrong settings are told all at once", async () => {
    const run = await runSteward(["chat", "hello"], {
      home,
      env: { STEWARD_PORT: "eight", STEWARD_API_URL: "ftp://x" },
    });
    expect(run).toMatchObject({ code: 2 });
    expect(run.stderr).toContain("STEWARD_PORT");
    expect(run.stderr).toContain("STEWARD_API_URL");
  });
});
