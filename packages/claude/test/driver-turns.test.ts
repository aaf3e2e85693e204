import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { findMarkedProcesses } from "@steward/platform/process";
import { afterEach, describe, expect, test } from "vitest";
import type { CliEvent } from "../src/cli-event.ts";
import { createStdioCliDriver } from "../src/stdio-cli-driver.ts";
import { makeLaunch, openStub, stub, sweepSessions } from "./stub-session.ts";

afterEach(sweepSessions);

const typesOf = (events: readonly CliEvent[]): string[] => events.map(({ type }) => type);

describe("a turn", () => {
  test("streams its text and ends in a result, on the same process again and again", async () => {
    const { session, events, ask, shown } = await openStub();
    const first = await ask("hello");
    expect(first).toMatchObject({ ok: true, text: "echo: hello", errorCode: null, unsolicited: false });
    expect(shown()).toBe("echo: hello");
    expect(typesOf(events)).toEqual([
      "turn_started",
      "user_replayed",
      "text_delta",
      "text_delta",
      "text_delta",
      "assistant_text",
      "turn_result",
    ]);
    const second = await ask("again");
    expect(second.text).toBe("echo: again");
    // The CLI reports 0.002 by now: the figure is cumulative.
    expect([first.costUsd, second.costUsd]).toEqual([0.001, 0.001]);
    expect(second.usage).toEqual({
      inputTokens: 10,
      outputTokens: 5,
      cacheReadTokens: 2,
      cacheCreationTokens: 1,
    });
    expect((await session.end()).reason).toBe("ended");
  });

  test("is refused while another one is in flight", async () => {
    const { session, until } = await openStub();
    session.sendTurn({ uuid: randomUUID(), text: stub({ deltas: 50, deltaMs: 50 }) });
    expect(() => session.sendTurn({ uuid: randomUUID(), text: "me too" })).toThrow(
      expect.objectContaining({ code: "cli_busy" }),
    );
    await until("text_delta");
    await session.end("now");
    expect(() => session.sendTurn({ uuid: randomUUID(), text: "late" })).toThrow(
      expect.objectContaining({ code: "cli_exited" }),
    );
  });

  test("reaches the CLI whatever characters it holds", async () => {
    const { ask, session } = await openStub();
    for (const text of [
      "/compact",
      "- starts with a dash",
      "line\nbreaks\r\n",
      "\u2028\u2029 é 中文 👩‍👩‍👧 \ud83d",
      "x".repeat(300_000),
    ]) {
      expect((await ask(text)).text).toBe(`echo: ${text}`);
    }
    await session.end();
  });

  test("remembers the conversation when the session is resumed in a new process", async () => {
    const first = await openStub();
    await first.ask("my name is Ada");
    await first.session.end();
    const { cwd, env, cliSessionId } = first.launch;
    const second = await openStub({}, { cwd, env, cliSessionId, resume: true });
    expect((await second.ask(stub({ recall: true }))).text).toBe("my name is Ada");
    await second.session.end();
  });

  test("can be interrupted; the session takes the next one", async () => {
    const { session, until, ask, shown } = await openStub();
    session.sendTurn({
      uuid: randomUUID(),
      text: stub({ text: "a long answer in many words", deltas: 27, deltaMs: 100 }),
    });
    await until("text_delta");
    await session.interrupt();
    expect(await until("turn_result")).toMatchObject({ ok: false, errorCode: "aborted", text: "" });
    expect(shown().length).toBeLessThan(27);
    expect((await ask("next")).text).toBe("echo: next");
    await session.end();
  });

  test("an interrupt without a turn does nothing", async () => {
    const { session, ask } = await openStub();
    await session.interrupt();
    expect((await ask("still here")).ok).toBe(true);
    await session.end();
  });

  test("with an empty answer is not a success", async () => {
    const { session, ask } = await openStub();
    expect(await ask(stub({ fault: "empty-result" }))).toMatchObject({
      ok: false,
      errorCode: "empty_result",
    });
    await session.end();
  });
});

describe("tools", () => {
  test("are announced, then held until the host has taken note of them", async () => {
    const order: string[] = [];
    let letRun: () => void = () => undefined;
    const { session, events, until } = await openStub(
      {},
      {},
      {
        beforeTool: (call) => {
          order.push(`before ${call.name} ${JSON.stringify(call.input)}`);
          return new Promise((resolve) => {
            letRun = resolve;
          });
        },
        onEvent: (event) => {
          if (event.type === "tool_input") order.push(`input ${event.summary}`);
          if (event.type === "tool_finished") order.push("finished");
        },
      },
    );
    session.sendTurn({
      uuid: randomUUID(),
      text: stub({ tools: [{ name: "Bash", input: { command: "ls -l" } }] }),
    });
    await until("tool_input");
    await session.setModel("stub");
    // A whole round trip later the tool has still not run.
    expect(typesOf(events)).not.toContain("tool_finished");
    letRun();
    await until("turn_result");
    expect(order).toEqual(["input ls -l", 'before Bash {"command":"ls -l"}', "finished"]);
    await session.end();
  });

  test("do not run when the host cannot take note of them", async () => {
    const { session, events, ask } = await openStub(
      {},
      {},
      {
        beforeTool: () => Promise.reject(new Error("the disk is full")),
      },
    );
    await ask(stub({ tools: [{ name: "Bash", input: { command: "rm" } }] }));
    expect(events).toContainEqual(expect.objectContaining({ type: "tool_finished", isError: true }));
    await session.end();
  });

  test("ask for permission and run or not as the host decides", async () => {
    const asked: unknown[] = [];
    let behavior: "allow" | "deny" = "allow";
    const { session, events, ask } = await openStub(
      {},
      {},
      {
        decideTool: (request) => {
          asked.push(request);
          return Promise.resolve(behavior === "allow" ? { behavior } : { behavior, message: "no" });
        },
      },
    );
    const prompt = stub({ tools: [{ name: "Write", input: { file_path: "a" }, ask: true }] });
    await ask(prompt);
    behavior = "deny";
    await ask(prompt);
    expect(asked[0]).toMatchObject({ name: "Write", input: { file_path: "a" } });
    expect(events.filter((event) => event.type === "tool_finished").map(({ isError }) => isError)).toEqual([
      false,
      true,
    ]);
    await session.end();
  });

  test("withdraw their question when the turn is interrupted", async () => {
    let onAsked: (signal: AbortSignal) => void = () => undefined;
    const asked = new Promise<AbortSignal>((resolve) => {
      onAsked = resolve;
    });
    const { session, until } = await openStub(
      {},
      {},
      {
        decideTool: (_request, signal) => {
          onAsked(signal);
          return new Promise((resolve) => {
            signal.addEventListener("abort", () => resolve({ behavior: "deny", message: "withdrawn" }));
          });
        },
      },
    );
    session.sendTurn({ uuid: randomUUID(), text: stub({ tools: [{ name: "Bash", ask: true }] }) });
    const signal = await asked;
    await session.interrupt();
    expect((await until("turn_result")).errorCode).toBe("aborted");
    expect(signal.aborted).toBe(true);
    await session.end();
  });

  test("a host that fails to decide denies", async () => {
    const { session, events, ask } = await openStub(
      {},
      {},
      {
        decideTool: () => Promise.reject(new Error("no approver")),
      },
    );
    await ask(stub({ tools: [{ name: "Bash", ask: true }] }));
    expect(events).toContainEqual(expect.objectContaining({ type: "tool_finished", isError: true }));
    await session.end();
  });
});

describe("a handshake", () => {
  test("tells version, account, models and commands", async () => {
    const { session } = await openStub();
    expect(session.info).toEqual({
      version: "2.1.197",
      account: { email: null, subscription: null, tokenSource: null, apiKeySource: "ANTHROPIC_API_KEY" },
      models: [{ value: "stub", displayName: "Stub" }],
      commands: ["compact"],
    });
    expect(session.pid).toBeGreaterThan(1);
    await session.end();
  });

  const failures: [string, object, Parameters<typeof makeLaunch>[1], string][] = [
    ["never comes", { handshake: "hang" }, { handshakeTimeoutMs: 300 }, "cli_handshake_timeout"],
    ["meets an option it does not know", { handshake: "exit" }, {}, "cli_too_old"],
    ["ends without a word", { handshake: "exit", stderrText: "", exitCode: 7 }, {}, "cli_exited"],
    ["finds no login", { handshake: "not-logged-in" }, {}, "cli_not_logged_in"],
    ["resumes what is not there", {}, { resume: true }, "cli_session_missing"],
    [
      "finds no program",
      {},
      { binary: { path: "/no/claude", version: "2.1.197", source: "env" } },
      "cli_not_found",
    ],
    [
      "finds a file that is no program",
      {},
      { binary: { path: fileURLToPath(import.meta.url), version: "2.1.197", source: "env" } },
      "cli_spawn_failed",
    ],
    ["has no working directory", {}, { cwd: "/no/such/directory" }, "cli_spawn_failed"],
    [
      "is asked of an old version",
      {},
      { binary: { path: "/no/claude", version: "2.0.99", source: "env" } },
      "cli_too_old",
    ],
  ];
  test.each(failures)(
    "that %s rejects with a code and leaves no process",
    async (_what, scenario, overrides, code) => {
      await expect(openStub(scenario, overrides)).rejects.toMatchObject({ name: "CliError", code });
    },
  );

  test("refuses a session id that has a transcript already", async () => {
    const first = await openStub();
    await first.ask("x");
    await first.session.end();
    const { cwd, env, cliSessionId } = first.launch;
    await expect(openStub({}, { cwd, env, cliSessionId })).rejects.toMatchObject({
      code: "cli_session_in_use",
    });
  });

  test("that is called off ends its process at once", async () => {
    const launch = makeLaunch({ handshake: "hang" }, { handshakeTimeoutMs: 60_000 });
    const host = {
      beforeTool: () => Promise.resolve(),
      decideTool: () => Promise.resolve({ behavior: "deny" as const, message: "" }),
      onEvent: () => undefined,
    };
    const controller = new AbortController();
    const opening = createStdioCliDriver().open(launch, host, controller.signal);
    opening.catch(() => undefined);
    const processes = () => findMarkedProcesses(launch.marker);
    await expect.poll(() => processes().length).toBe(1);
    controller.abort();
    await expect(opening).rejects.toThrow();
    expect(processes()).toEqual([]);
    await expect(createStdioCliDriver().open(launch, host, controller.signal)).rejects.toThrow();
    expect(processes()).toEqual([]);
  });

  test("keeps what the CLI said in the error's detail", async () => {
    const launch = makeLaunch({ handshake: "exit", stderrText: "the reason", exitCode: 9 });
    const opening = createStdioCliDriver().open(launch, {
      beforeTool: () => Promise.resolve(),
      decideTool: () => Promise.resolve({ behavior: "deny", message: "" }),
      onEvent: () => undefined,
    });
    await expect(opening).rejects.toMatchObject({ detail: "exit code 9: the reason" });
  });
});
