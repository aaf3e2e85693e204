import { randomUUID } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findCliBinary } from "@steward/claude/cli-binary";
import type { CliBinary, CliHost, CliLaunch, CliSession } from "@steward/claude/cli-driver";
import { buildCliEnvironment } from "@steward/claude/cli-environment";
import type { CliEvent, TurnResult } from "@steward/claude/cli-event";
import { probeLogin } from "@steward/claude/cli-login";
import { createStdioCliDriver } from "@steward/claude/stdio-cli-driver";
import { findMarkedProcesses, sweepMarked } from "@steward/platform/process";
import { type ScriptedModel, startScriptedModel } from "@steward/testkit/scripted-model";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { cliVersions } from "../src/cli-versions.ts";

/**
 * What the driver takes for granted about the CLI, asked of the real one: isolated by its own home, with the scripted
 * model behind it. When a new version breaks one of these, the driver has to learn before the version is pinned.
 */

interface Live {
  session: CliSession;
  events: CliEvent[];
  launch: CliLaunch;
  /** Sends a turn and waits for the result it gets. */
  ask(text: string): Promise<TurnResult>;
  send(text: string): void;
  until(fits: (event: CliEvent) => boolean, what: string, after?: number): Promise<CliEvent>;
  /** Living processes of this session, the CLI itself included. */
  processes(): number[];
}

const WAIT_MS = 30_000;

let model: ScriptedModel;
const markers: CliLaunch["marker"][] = [];
const homes: string[] = [];

beforeAll(async () => {
  model = await startScriptedModel();
});

afterEach(async () => {
  for (const marker of markers.splice(0)) await sweepMarked(marker);
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true });
  const violations = model.violations.map(({ message }) => message);
  model.reset();
  expect(violations, "requests that the real API would refuse").toEqual([]);
});

afterAll(() => model.close());

describe.each(cliVersions())("the contract of the $name", ({ path }) => {
  let binary: CliBinary;

  beforeAll(async () => {
    binary = await findCliBinary({ env: { CLAUDE_BIN: path, PATH: process.env.PATH } });
  });

  function makeLaunch(overrides: Partial<CliLaunch> = {}): CliLaunch {
    const home = mkdtempSync(join(tmpdir(), "steward-contract-"));
    homes.push(home);
    const cwd = join(home, "work");
    mkdirSync(cwd);
    const launch: CliLaunch = {
      binary,
      cwd,
      cliSessionId: randomUUID(),
      resume: false,
      env: buildCliEnvironment({ source: { PATH: process.env.PATH }, home, extra: model.env }),
      marker: { name: "STEWARD_SESSION", value: randomUUID() },
      maxRetries: 1,
      ...overrides,
    };
    markers.push(launch.marker);
    return launch;
  }

  async function open(overrides: Partial<CliLaunch> = {}, host: Partial<CliHost> = {}): Promise<Live> {
    const launch = makeLaunch(overrides);
    const events: CliEvent[] = [];
    const watchers = new Set<() => void>();
    const session = await createStdioCliDriver().open(launch, {
      beforeTool: () => Promise.resolve(),
      decideTool: () => Promise.resolve({ behavior: "allow" }),
      ...host,
      onEvent: (event) => {
        events.push(event);
        host.onEvent?.(event);
        for (const watch of watchers) watch();
      },
    });
    const until: Live["until"] = (fits, what, after = 0) =>
      new Promise((resolve, reject) => {
        const fail = (why: string): void => {
          watchers.delete(look);
          reject(new Error(`no ${what}: ${why}; seen: ${events.map(({ type }) => type).join(" ")}`));
        };
        const timer = setTimeout(() => fail(`waited ${WAIT_MS} ms`), WAIT_MS);
        const look = (): void => {
          const found = events.slice(after).find(fits);
          if (found === undefined) return;
          clearTimeout(timer);
          watchers.delete(look);
          resolve(found);
        };
        watchers.add(look);
        void session.exited.then((exit) => {
          clearTimeout(timer);
          fail(`the CLI exited: ${JSON.stringify(exit)}`);
        });
        look();
      });
    const send = (text: string): void => session.sendTurn({ uuid: randomUUID(), text });
    return {
      session,
      events,
      launch,
      send,
      until,
      ask: async (text) => {
        const after = events.length;
        send(text);
        const result = await until(
          (event) => event.type === "turn_result" && !event.unsolicited,
          "result",
          after,
        );
        if (result.type !== "turn_result") throw new Error("unreachable: the predicate above");
        return result;
      },
      processes: () => findMarkedProcesses(launch.marker).map(({ pid }) => pid),
    };
  }

  const shown = (events: readonly CliEvent[]): string =>
    events.map((event) => (event.type === "text_delta" ? event.text : "")).join("");
  const typesOf = (events: readonly CliEvent[]): string[] => events.map(({ type }) => type);
  const bash = (command: string): string => `TOOL:Bash:${JSON.stringify({ command })}`;

  describe("starting", () => {
    test("the handshake tells version, key, models and commands", async () => {
      const { session } = await open();
      expect(session.info.version).toBe(binary.version);
      expect(session.info.account).toMatchObject({ apiKeySource: "ANTHROPIC_API_KEY", tokenSource: null });
      expect(session.info.models.map(({ value }) => value)).toContain("default");
      expect(session.info.commands).toContain("compact");
      await session.end();
    });

    test("without login or key it is refused, and the offline probe agrees", async () => {
      const launch = makeLaunch();
      const { ANTHROPIC_API_KEY: key, ...env } = launch.env;
      expect(key).toBeDefined();
      await expect(open({ env })).rejects.toMatchObject({ code: "cli_not_logged_in" });
      expect(await probeLogin(binary, env)).toEqual({ loggedIn: false, method: null });
      expect(await probeLogin(binary, launch.env)).toEqual({ loggedIn: true, method: "api_key" });
    });

    test("a conversation that does not exist cannot be resumed", async () => {
      await expect(open({ resume: true })).rejects.toMatchObject({ code: "cli_session_missing" });
    });

    test("a conversation that exists cannot be begun again, and goes on with its context when resumed", async () => {
      const first = await open();
      await first.ask("my name is Ada");
      // Ended right after the result: the transcript has to be complete all the same.
      expect((await first.session.end()).reason).toBe("ended");
      const { cwd, env, cliSessionId } = first.launch;
      await expect(open({ cwd, env, cliSessionId })).rejects.toMatchObject({ code: "cli_session_in_use" });
      const second = await open({ cwd, env, cliSessionId, resume: true });
      const result = await second.ask("RECALL");
      expect(result.text).toBe("recall: 1\n1. my name is Ada");
      expect(result.sessionId).toBe(cliSessionId);
      await second.session.end();
    });

    test("the addition to the system prompt reaches the model", async () => {
      const { session, ask } = await open({ appendSystemPrompt: "Answer like a lighthouse keeper." });
      await ask("hello");
      expect(JSON.stringify(model.requests.at(-1)?.request?.system)).toContain("lighthouse keeper");
      await session.end();
    });

    test("settings, hooks and MCP servers planted in the working directory are not used", async () => {
      const launch = makeLaunch();
      const trap = join(launch.cwd, "sprung");
      const command = `touch ${trap}`;
      mkdirSync(join(launch.cwd, ".claude"));
      const hooks = { PreToolUse: [{ matcher: "", hooks: [{ type: "command", command }] }] };
      const planted = {
        hooks: { ...hooks, SessionStart: hooks.PreToolUse },
        permissions: { allow: ["Bash"] },
      };
      writeFileSync(join(launch.cwd, ".claude", "settings.json"), JSON.stringify(planted));
      const servers = { mcpServers: { trap: { command: "touch", args: [trap] } } };
      writeFileSync(join(launch.cwd, ".mcp.json"), JSON.stringify(servers));
      const asked: string[] = [];
      const { session, ask } = await open(launch, {
        decideTool: (request) => {
          asked.push(request.name);
          return Promise.resolve({ behavior: "deny", message: "no" });
        },
      });
      await ask(bash("mkdir planted"));
      expect(asked).toEqual(["Bash"]);
      expect(existsSync(trap)).toBe(false);
      await session.end();
    });
  });

  describe("a turn", () => {
    test("streams thinking and text exactly, and ends in one result", async () => {
      const text = "héllo 中文 👩‍👩‍👧 end";
      const { session, events, ask } = await open();
      const result = await ask(`SLOW:5:1 THINK:hm\nSAY:${text}`);
      expect(result).toMatchObject({ ok: true, errorCode: null, text, unsolicited: false });
      expect(shown(events)).toBe(text);
      expect(events).toContainEqual(
        expect.objectContaining({ type: "assistant_text", text, parentToolUseId: null }),
      );
      const types = typesOf(events);
      expect(types[0]).toBe("turn_started");
      expect(types).toContain("user_replayed");
      expect(types).toContain("thinking_started");
      expect(types.filter((type) => ["unknown", "bad_line"].includes(type))).toEqual([]);
      // U+2028 and U+2029 end a line for some readers, and stand raw in the CLI's JSON.
      expect((await ask("a\u2028b\u2029c")).text).toContain("a\u2028b\u2029c");
      await session.end();
    });

    test("after another one is warm, with its own usage and cost", async () => {
      const { session, ask, processes } = await open();
      const { pid } = session;
      const first = await ask("one");
      const second = await ask("two");
      expect(session.pid).toBe(pid);
      expect(processes()).toContain(pid);
      expect(first.costUsd).toBeGreaterThan(0);
      // The CLI's figure is cumulative: taken as it is, the second turn would cost twice the first at least.
      expect(second.costUsd).toBeLessThan(first.costUsd * 1.9);
      expect(second.usage.outputTokens).toBeLessThan(first.usage.outputTokens * 1.9);
      expect((await ask("RECALL")).text).toBe("recall: 2\n1. one\n2. two");
      await session.end();
    });

    test("is brought to the model as it is, whatever it begins with or mentions: nothing run, nothing read", async () => {
      const { session, launch, ask, processes } = await open();
      writeFileSync(join(launch.cwd, "secret.txt"), "the secret");
      const texts = [
        "/cost",
        "/compact",
        "/clear",
        "/no such command",
        "/",
        "look at @secret.txt",
        "see @/etc/passwd",
      ];
      for (const text of texts) {
        const result = await ask(text);
        const last = model.requests.at(-1);
        expect(last).toMatchObject({ kind: "turn", prompt: text });
        // The empty block that makes it plain text is gone: the API refuses empty blocks.
        expect(last?.body).not.toMatch(/the secret|root:|Result of calling|"text":""/);
        expect(result).toMatchObject({ ok: true, sessionId: launch.cliSessionId });
        expect(processes()).toEqual([session.pid]);
      }
      // Also when the conversation is read back from its transcript.
      await session.end();
      const resumed = await open({ ...launch, resume: true });
      const numbered = texts.map((text, index) => `${index + 1}. ${text}`);
      expect((await resumed.ask("RECALL")).text).toBe([`recall: ${texts.length}`, ...numbered].join("\n"));
      await resumed.session.end();
    });

    test("with an image and a slash keeps both", async () => {
      const { session, until } = await open();
      const base64 =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
      session.sendTurn({ uuid: randomUUID(), text: "/cost", images: [{ mediaType: "image/png", base64 }] });
      await until((event) => event.type === "turn_result", "result");
      const body = model.requests.at(-1)?.body;
      expect(body).toContain(base64);
      expect(body).toContain('"text":"/cost"');
      expect(body).not.toContain('"text":""');
      await session.end();
    });

    test("that is an allowed command is run by the CLI, and may say nothing", async () => {
      const { session, events, ask } = await open({ allowCommands: ["/compact"] });
      await ask("one");
      await ask("two");
      expect(await ask("/compact")).toMatchObject({ ok: true, errorCode: null });
      expect(events.filter(({ type }) => type === "compacting")).toEqual([
        { type: "compacting", phase: "started" },
        { type: "compacting", phase: "done" },
      ]);
      expect(model.requests.at(-1)?.kind).toBe("compaction");
      expect((await ask("RECALL")).ok).toBe(true);
      await session.end();
    });

    test("uses the model that was set in between, and the default one again", async () => {
      const { session, events, ask } = await open();
      const models = (): string[] =>
        events.flatMap((event) => (event.type === "turn_started" ? [event.model] : []));
      await ask("one");
      await session.setModel("haiku");
      await ask("two");
      await session.setModel();
      await ask("three");
      const [first, second, third] = models();
      expect(second).toContain("haiku");
      expect(third).toBe(first);
      await session.end();
    });
  });

  describe("a model", () => {
    const modelsOf = (events: readonly CliEvent[]): string[] =>
      events.flatMap((event) => (event.type === "turn_started" ? [event.model] : []));

    test("set right before a prompt answers it, though nobody waited for the CLI's word", async () => {
      const { session, events, ask } = await open({ model: "sonnet" });
      await ask("first");
      for (let round = 0; round < 5; round++) {
        const setting = session.setModel("haiku");
        await ask(`light ${round}`);
        await setting;
        expect(model.requests.at(-1)?.request?.model).toContain("haiku");
        void session.setModel("sonnet");
        await ask(`main ${round}`);
        expect(model.requests.at(-1)?.request?.model).toContain("sonnet");
      }
      expect(new Set(modelsOf(events)).size).toBe(2);
      // The conversation is one, whichever model answered.
      const { text } = await ask("RECALL");
      for (const prompt of ["first", "light 0", "main 0", "light 4"]) expect(text).toContain(prompt);
      await session.end();
    });

    test("going back means the account's default, whatever the process was started with", async () => {
      const plain = await open();
      await plain.ask("one");
      const { session, events, ask } = await open({ model: "haiku" });
      await ask("one");
      await session.setModel();
      await ask("two");
      expect(modelsOf(events)[0]).toContain("haiku");
      expect(modelsOf(events)[1]).toBe(modelsOf(plain.events)[0]);
      await Promise.all([session.end(), plain.session.end()]);
    });

    test("that is overloaded is stood in for by the one named at the start, for this turn", async () => {
      const { session, events, ask } = await open({ model: "sonnet", fallbackModel: "haiku", maxRetries: 2 });
      expect(await ask("ERR:529:3")).toMatchObject({ ok: true });
      const fallback = events.find(({ type }) => type === "model_fallback");
      expect(fallback).toMatchObject({ fromModel: expect.stringContaining("sonnet") });
      expect(fallback).toMatchObject({ toModel: expect.stringContaining("haiku") });
      expect(model.requests.at(-1)?.request?.model).toContain("haiku");
      await ask("again");
      expect(modelsOf(events)[1]).toContain("sonnet");
      await session.end();
    }, 60_000);

    test("nobody knows is taken, and fails the turn that would be answered by it", async () => {
      const { session, ask } = await open({ model: "claude-nonsense-9" });
      model.script(({ exchange }) => {
        if (!exchange.request.model.includes("nonsense")) return false;
        exchange.fail({ status: 404, type: "not_found_error", message: "model: claude-nonsense-9" });
        return true;
      });
      const result = await ask("hello");
      expect(result).toMatchObject({ errorCode: "model_not_found" });
      expect(result.text).toContain("selected model (claude-nonsense-9)");
      void session.setModel("haiku");
      expect(await ask("hello")).toMatchObject({ ok: true });
      await session.end();
    });
  });

  test("an aside has no tools and no transcript, and its own words instead of the CLI's", async () => {
    const { session, launch, ask } = await open({
      model: "haiku",
      aside: { systemPrompt: "Only sort mail." },
    });
    await ask("a letter");
    const request = model.requests.at(-1)?.request;
    expect(request?.toolNames).toEqual([]);
    const system = request?.system ?? "";
    expect(system).toContain("Only sort mail.");
    expect(system.length).toBeLessThan(2_000);
    await session.end();
    expect(existsSync(join(launch.env.HOME ?? "", ".claude", "projects"))).toBe(false);
  });

  describe("a tool", () => {
    test("waits for the hook, then for the permission, then runs", async () => {
      const order: string[] = [];
      const made = (): boolean => existsSync(join(live.launch.cwd, "made"));
      const live: Live = await open(
        {},
        {
          beforeTool: async (call) => {
            // Long enough for a CLI that does not wait to have run it.
            await new Promise((resolve) => setTimeout(resolve, 300));
            order.push(`before ${call.name}, made ${made()}`);
          },
          decideTool: async (request) => {
            await new Promise((resolve) => setTimeout(resolve, 300));
            order.push(`decide ${request.name}, made ${made()}`);
            return { behavior: "allow" };
          },
        },
      );
      const result = await live.ask(bash("mkdir made"));
      expect(order).toEqual(["before Bash, made false", "decide Bash, made false"]);
      expect(made()).toBe(true);
      expect(result.ok).toBe(true);
      const tool = live.events.flatMap((event) =>
        "toolUseId" in event && event.type.startsWith("tool_") ? [event] : [],
      );
      expect(tool).toMatchObject([
        { type: "tool_started", name: "Bash" },
        { type: "tool_input", input: { command: "mkdir made" }, summary: "mkdir made" },
        { type: "tool_finished", isError: false },
      ]);
      expect(new Set(tool.map(({ toolUseId }) => toolUseId)).size).toBe(1);
      await live.session.end();
    });

    test("that needs no permission still passes the hook", async () => {
      const order: string[] = [];
      const { session, ask } = await open(
        {},
        {
          beforeTool: (call) => Promise.resolve(void order.push(`before ${call.name}`)),
          decideTool: (request) => {
            order.push(`decide ${request.name}`);
            return Promise.resolve({ behavior: "allow" });
          },
        },
      );
      await ask(bash("ls"));
      expect(order).toEqual(["before Bash"]);
      await session.end();
    });

    test("does not run when the hook could not take note of it", async () => {
      const { session, launch, ask } = await open(
        { permissionMode: "acceptEdits" },
        {
          beforeTool: () => Promise.reject(new Error("the disk is full")),
        },
      );
      const result = await ask(bash("mkdir made"));
      expect(result.text).toContain("the disk is full");
      expect(existsSync(join(launch.cwd, "made"))).toBe(false);
      await session.end();
    });

    test("does not run when it is denied, and the model hears why", async () => {
      const { session, launch, ask } = await open(
        {},
        {
          decideTool: () => Promise.resolve({ behavior: "deny", message: "not on a Friday" }),
        },
      );
      const result = await ask(bash("mkdir made"));
      expect(result.text).toContain("not on a Friday");
      expect(result.permissionDenials).toMatchObject([{ toolName: "Bash" }]);
      expect(existsSync(join(launch.cwd, "made"))).toBe(false);
      await session.end();
    });

    test("runs with the input the host has put in its place, and is not asked about again when remembered", async () => {
      let asked = 0;
      const { session, launch, ask } = await open(
        {},
        {
          decideTool: (request) => {
            asked += 1;
            const remember = request.suggestions[0];
            return Promise.resolve({ behavior: "allow", updatedInput: { command: "mkdir other" }, remember });
          },
        },
      );
      await ask(bash("mkdir made"));
      expect([existsSync(join(launch.cwd, "made")), existsSync(join(launch.cwd, "other"))]).toEqual([
        false,
        true,
      ]);
      await ask(`again ${bash("mkdir made")}`);
      expect(asked).toBe(1);
      // Remembered for this session only, in no settings file.
      expect(existsSync(join(launch.cwd, ".claude"))).toBe(false);
      await session.end();
    });

    test("question is withdrawn by an interrupt", async () => {
      let onAsked: (signal: AbortSignal) => void = () => undefined;
      const asked = new Promise<AbortSignal>((resolve) => {
        onAsked = resolve;
      });
      const { session, send, until } = await open(
        {},
        {
          decideTool: (_request, signal) => {
            onAsked(signal);
            return new Promise(() => undefined);
          },
        },
      );
      send(bash("mkdir made"));
      const withdrawn = await asked;
      await session.interrupt();
      expect(await until((event) => event.type === "turn_result", "result")).toMatchObject({
        errorCode: "aborted",
      });
      expect(withdrawn.aborted).toBe(true);
      await session.end();
    });
  });

  describe("an interrupt", () => {
    test("in the middle of a text keeps what was said, and the session takes the next turn", async () => {
      const { session, events, send, until, ask } = await open();
      send("GATE:middle SAY:the first half and the second half");
      await until((event) => event.type === "text_delta", "text");
      await session.interrupt();
      expect(await until((event) => event.type === "turn_result", "result")).toMatchObject({
        ok: false,
        errorCode: "aborted",
        text: "",
      });
      const kept = events.find((event) => event.type === "assistant_text");
      expect(kept).toMatchObject({ text: shown(events) });
      expect((await ask("next")).ok).toBe(true);
      await session.end();
    });

    test("in the middle of a command leaves no process of the turn, and the session warm", async () => {
      const { session, events, send, until, ask, processes } = await open();
      await ask(bash("echo before"));
      const after = events.length;
      send(bash("(setsid tail -f /dev/null &) ; touch started; tail -f /dev/null"));
      await until((event) => event.type === "tool_input", "tool", after);
      await expect.poll(() => processes().length, { timeout: WAIT_MS }).toBeGreaterThanOrEqual(3);
      await session.interrupt();
      await until((event) => event.type === "turn_result", "result", after);
      await session.endChildren();
      expect(processes()).toEqual([session.pid]);
      expect((await ask("next")).ok).toBe(true);
      await session.end();
    });
  });

  describe("ending", () => {
    test("an idle session takes a moment and leaves nothing", async () => {
      const { session, ask, processes } = await open();
      await ask("hello");
      const startMs = performance.now();
      expect(await session.end()).toMatchObject({ code: 0, reason: "ended" });
      expect(performance.now() - startMs).toBeLessThan(1_900);
      expect(processes()).toEqual([]);
    });

    test.each(["graceful", "now", "kill -9 from outside"] as const)(
      "in the middle of a command leaves nothing: %s",
      async (how) => {
        const { session, send, until, processes } = await open();
        send(bash("(setsid tail -f /dev/null &) ; tail -f /dev/null"));
        await until((event) => event.type === "tool_input", "tool");
        await expect.poll(() => processes().length, { timeout: WAIT_MS }).toBeGreaterThanOrEqual(3);
        if (how === "kill -9 from outside") process.kill(session.pid, "SIGKILL");
        const exit = how === "kill -9 from outside" ? await session.exited : await session.end(how);
        expect(exit.reason).toBe(how === "kill -9 from outside" ? "killed" : "ended");
        expect(processes()).toEqual([]);
      },
    );

    test("after a kill in the middle of a command the conversation can be resumed", async () => {
      const { session, launch, ask, send, until } = await open();
      await ask("my name is Ada");
      send(bash("tail -f /dev/null"));
      await until((event) => event.type === "tool_input", "tool");
      // The CLI writes its transcript a moment behind; what a kill within that moment loses is not the matter here.
      await expect.poll(() => transcriptOf(launch), { timeout: WAIT_MS }).toContain("my name is Ada");
      process.kill(session.pid, "SIGKILL");
      await session.exited;
      const resumed = await open({ ...launch, resume: true });
      expect((await resumed.ask("RECALL")).text).toContain("1. my name is Ada");
      await resumed.session.end();
    });
  });

  describe("a failure of the model's server", () => {
    const failures: [string, string, number][] = [
      ["ERR:401", "authentication_failed", 1],
      ["ERR:403", "authentication_failed", 0],
      ["ERR:404", "model_not_found", 0],
      ["ERR:429", "rate_limit", 1],
      ["ERR:500", "server_error", 1],
      ["ERR:529", "overloaded", 1],
      ["ERR:400:1:credit", "billing_error", 0],
      ["DROP", "server_error", 1],
    ];
    test("ends the turn with its code after the retries it is worth, and the session goes on", async () => {
      const { session, events, ask } = await open();
      for (const [directive, errorCode, retries] of failures) {
        const from = events.length;
        const result = await ask(directive);
        expect(result, directive).toMatchObject({ ok: false, isError: true, errorCode });
        expect(result.text, directive).not.toBe("");
        const seen = events.slice(from).filter((event) => event.type === "api_retry");
        expect(seen, directive).toHaveLength(retries);
        if (retries > 0) expect(seen[0]).toMatchObject({ attempt: 1, maxRetries: 1 });
        // The CLI's sentence about it is no answer.
        expect(typesOf(events.slice(from)), directive).not.toContain("assistant_text");
      }
      // What failed stays in the conversation, directives included: the last one has to take the fault back.
      expect(await ask("ERR:500:0 SAY:here again")).toMatchObject({ ok: true, text: "here again" });
      await session.end();
    });

    test("a prompt too long for the model", async () => {
      const { session, ask } = await open();
      expect(await ask("ERR:400:9:long")).toMatchObject({ ok: false, errorCode: "prompt_too_long" });
      await session.end();
    });

    test("that passes is not the turn's end", async () => {
      const { session, events, ask } = await open();
      expect(await ask("ERR:500:1 SAY:there we are")).toMatchObject({ ok: true, text: "there we are" });
      expect(typesOf(events)).toContain("api_retry");
      await session.end();
    });

    test("in the middle of a stream: the whole text supersedes what was shown", async () => {
      const { session, events, ask } = await open();
      const result = await ask("MIDERR:1 SAY:all of it");
      expect(result).toMatchObject({ ok: true, text: "all of it" });
      const texts = events.flatMap((event) => (event.type === "assistant_text" ? [event.text] : []));
      expect(texts).toEqual(["all of it"]);
      await session.end();
    });

    test("by the subscription's limit tells when it ends", async () => {
      const launch = makeLaunch();
      const { ANTHROPIC_API_KEY: _key, ...env } = launch.env;
      const login = { CLAUDE_CODE_OAUTH_TOKEN: model.apiKey };
      const { session, events, ask } = await open({ ...launch, env: { ...env, ...login } });
      const result = await ask("RLH:rejected ERR:429");
      expect(result).toMatchObject({ ok: false, errorCode: "usage_limit" });
      expect(result.resetsAtMs).toBeGreaterThan(Date.now());
      expect(events).toContainEqual(
        expect.objectContaining({ type: "rate_limit", status: "rejected", kind: "five_hour" }),
      );
      await session.end();
    });
  });

  test("a background command's end makes a turn nobody sent, told apart from ours", async () => {
    const { session, events, ask, until } = await open();
    const call = { command: "sleep 0.3; echo finished", run_in_background: true };
    const result = await ask(`TOOL:Bash:${JSON.stringify(call)}\nSAY:it runs`);
    expect(result).toMatchObject({ ok: true, unsolicited: false });
    const own = await until(
      (event) => event.type === "turn_result" && event.unsolicited,
      "unsolicited result",
    );
    expect(own).toMatchObject({ unsolicited: true });
    expect(typesOf(events)).toEqual(expect.arrayContaining(["task_started", "task_finished"]));
    expect(await ask("and now")).toMatchObject({ ok: true, unsolicited: false });
    await session.end();
  });

  test("a sub-agent is a task, and what it does carries the call it belongs to", async () => {
    const { session, events, ask } = await open();
    const call = { description: "look around", prompt: bash("ls"), subagent_type: "general-purpose" };
    await ask(`TOOL:Agent:${JSON.stringify(call)}`);
    const started = events.find((event) => event.type === "task_started");
    expect(started).toMatchObject({ taskType: "local_agent", description: "look around" });
    const agentCall = events.find((event) => event.type === "tool_input" && event.name === "Agent");
    if (agentCall?.type !== "tool_input") throw new Error("no Agent call was seen");
    await expect
      .poll(
        () =>
          events.some(
            (event) => event.type === "tool_input" && event.parentToolUseId === agentCall.toolUseId,
          ),
        {
          timeout: WAIT_MS,
        },
      )
      .toBe(true);
    await session.end();
  });
});

/** What the CLI has written of the session so far; empty before the first line. */
function transcriptOf({ env, cliSessionId }: { env: Record<string, string>; cliSessionId: string }): string {
  const projects = join(env.HOME ?? "", ".claude", "projects");
  if (!existsSync(projects)) return "";
  const name = readdirSync(projects, { recursive: true, encoding: "utf8" }).find((path) =>
    path.endsWith(`${cliSessionId}.jsonl`),
  );
  return name === undefined ? "" : readFileSync(join(projects, name), "utf8");
}
