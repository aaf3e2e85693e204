import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDemoModel } from "@steward/demo-model/server";
import { createSystemClock } from "@steward/platform/clock";
import {
  echoText,
  recallText,
  type ScriptedModel,
  startScriptedModel,
} from "@steward/testkit/scripted-model";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cliVersions } from "../src/cli-versions.ts";

/**
 * The real CLI is the judge of both stand-ins for the Messages API: it has to take what they say for the real thing,
 * and has to report each of their failures as it reports the real ones.
 */

/** The fields of the CLI's output lines that are looked at here. */
interface CliLine {
  readonly type: string;
  readonly subtype?: string;
  readonly is_error?: boolean;
  readonly api_error_status?: number | null;
  readonly result?: string;
  readonly error?: string;
  readonly retry_delay_ms?: number;
  readonly total_cost_usd?: number;
  readonly event?: { readonly delta?: { readonly type: string; readonly text?: string } };
  readonly rate_limit_info?: { readonly status: string };
}

interface Turn {
  readonly lines: readonly CliLine[];
  readonly result: CliLine;
  /** The text deltas, joined. */
  readonly streamed: string;
  /** How often the CLI asked again. */
  readonly retries: number;
}

interface LiveCli {
  readonly cwd: string;
  ask(prompt: string): Promise<Turn>;
  close(): Promise<void>;
}

/** A CLI process with a home, a working directory and an environment of its own. */
function startCli(path: string, env: Readonly<Record<string, string>>): LiveCli {
  const root = mkdtempSync(join(tmpdir(), "steward-fidelity-"));
  const child: ChildProcessWithoutNullStreams = spawn(
    path,
    "-p --input-format stream-json --output-format stream-json --verbose --include-partial-messages --allowedTools Bash".split(
      " ",
    ),
    { cwd: root, env: { PATH: process.env.PATH ?? "", HOME: root, CLAUDE_CODE_MAX_RETRIES: "1", ...env } },
  );
  const exited = once(child, "exit");
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaints += text;
  });
  const lines = readLines(child);
  return {
    cwd: root,
    async ask(prompt) {
      child.stdin.write(`${JSON.stringify({ type: "user", message: { role: "user", content: prompt } })}\n`);
      const seen: CliLine[] = [];
      for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
        seen.push(next.value);
        if (next.value.type === "result") return toTurn(seen, next.value);
      }
      throw new Error(`the CLI ended without a result: ${complaints}`);
    },
    async close() {
      child.stdin.end();
      await exited;
      rmSync(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function* readLines(child: ChildProcessWithoutNullStreams): AsyncGenerator<CliLine, void> {
  let buffered = "";
  for await (const text of child.stdout.setEncoding("utf8")) {
    buffered += String(text);
    for (let end = buffered.indexOf("\n"); end !== -1; end = buffered.indexOf("\n")) {
      // Every line of the CLI is an object with a type.
      const line = JSON.parse(buffered.slice(0, end)) as CliLine;
      buffered = buffered.slice(end + 1);
      yield line;
    }
  }
}

function toTurn(lines: readonly CliLine[], result: CliLine): Turn {
  return {
    lines,
    result,
    streamed: lines.map((line) => line.event?.delta?.text ?? "").join(""),
    retries: lines.filter((line) => line.subtype === "api_retry").length,
  };
}

/** Status, retries (of one allowed), the CLI's error class and the beginning of what it tells the user. */
const failures: readonly (readonly [string, number | null, number, string, string])[] = [
  ["ERR:401", 401, 1, "authentication_failed", "Invalid API key · Fix external API key"],
  ["ERR:403", 403, 0, "authentication_failed", "Failed to authenticate. API Error: 403"],
  ["ERR:404", 404, 0, "model_not_found", "There's an issue with the selected model ("],
  ["ERR:429", 429, 1, "rate_limit", "API Error: Request rejected (429) · "],
  ["ERR:500", 500, 1, "server_error", "API Error: 500 Internal server error"],
  ["ERR:529", 529, 1, "server_error", "API Error: 529 Overloaded"],
  ["ERR:400::credit", 400, 0, "billing_error", "Credit balance is too low"],
  ["ERR:413", 413, 0, "invalid_request", "Request too large (max 32MB)"],
  ["DROP", null, 1, "server_error", "API Error: "],
  ["ERR:400::long", 400, 0, "invalid_request", "Prompt is too long"],
];

describe.each(cliVersions())("$name", ({ path }) => {
  describe("with the scripted model", () => {
    let model: ScriptedModel;
    let cli: LiveCli;

    beforeAll(async () => {
      model = await startScriptedModel();
      cli = startCli(path, model.env);
    });
    afterAll(async () => {
      await cli.close();
      await model.close();
      expect(model.violations).toEqual([]);
    });

    test("streams and returns exactly the text that was said, byte for byte", async () => {
      const said = "Grüße, 你好 👩‍👩‍👧‍👦 <b>&amp;</b> `x`";
      const { result, streamed } = await cli.ask(`SLOW:7:1 THINK:hm\nSAY:${said}`);
      expect(result).toMatchObject({ subtype: "success", is_error: false, result: said });
      expect(streamed).toBe(said);
    });

    test("runs a chain of tools and hands their results back", async () => {
      const { result } = await cli.ask(
        'TOOL:Bash:{"command":"echo $((6*7)) > proof.txt"}\nTOOL:Bash:{"command":"cat proof.txt"}',
      );
      expect(readFileSync(join(cli.cwd, "proof.txt"), "utf8")).toBe("42\n");
      expect(result.result).toMatch(/^Bash: .*\nBash: 42$/);
    });

    test("carries the conversation from turn to turn", async () => {
      await cli.ask("the first of three");
      const { result } = await cli.ask("the second of three");
      expect(result.result).toMatch(/^echo: the second of three\n\(earlier prompts: \d+\)$/);
      const earlier = model.requests.filter((request) => request.kind === "turn").at(-1)
        ?.conversation?.earlier;
      expect(earlier?.at(-1)?.text).toBe("the first of three");
    });

    test("recovers from an error that passes, at the pace the API asked for", async () => {
      const { result, lines } = await cli.ask("ERR:429:1 RETRYAFTER:1\nSAY:better now");
      expect(result).toMatchObject({ is_error: false, result: "better now" });
      const delays = lines.flatMap((line) => line.retry_delay_ms ?? []);
      expect(delays).toHaveLength(1);
      // Without the header the first delay is about half a second.
      expect(delays[0]).toBeGreaterThanOrEqual(1000);
    });

    test("falls back to an answer without a stream when the stream breaks", async () => {
      const { result } = await cli.ask("MIDERR SAY:whole in the end");
      expect(result).toMatchObject({ is_error: false, result: "whole in the end" });
      expect(model.requests.slice(-2).map((request) => request.request?.stream)).toEqual([true, false]);
    });

    test("takes the summary of a compaction, and goes on from it", async () => {
      await cli.ask("/compact");
      expect(model.requests.at(-1)?.kind).toBe("compaction");
      const { result } = await cli.ask("RECALL");
      expect(result.result).toContain("summary: ");
      expect(result.result).toContain("the first of three");
    });

    test.each(failures)("reports %s like the real API's", async (prompt, status, retries, error, text) => {
      const turn = await cli.ask(prompt);
      expect(turn.result).toMatchObject({ subtype: "success", is_error: true, api_error_status: status });
      expect(turn.result.result).toContain(text);
      expect(turn.lines.find((line) => line.type === "assistant")?.error).toBe(error);
      expect(turn.retries).toBe(retries);
    });
  });

  test("a subscription's limits arrive as rate limit events", async () => {
    const model = await startScriptedModel();
    const { ANTHROPIC_API_KEY: token = "", ...env } = model.env;
    const cli = startCli(path, { ...env, CLAUDE_CODE_OAUTH_TOKEN: token });
    const limitOf = (turn: Turn) =>
      turn.lines.find((line) => line.type === "rate_limit_event")?.rate_limit_info?.status;
    const warned = await cli.ask("RLH:allowed_warning");
    const rejected = await cli.ask("RLH:rejected");
    await cli.close();
    await model.close();

    expect(warned.result).toMatchObject({ is_error: false, result: echoText("RLH:allowed_warning", 0) });
    expect(limitOf(warned)).toBe("allowed_warning");
    expect(rejected.result).toMatchObject({ is_error: true, api_error_status: 429 });
    expect(rejected.result.result).toContain("You've hit your limit · resets");
    expect(limitOf(rejected)).toBe("rejected");
    expect(rejected.retries).toBe(0);
    expect(model.violations).toEqual([]);
  });

  test("a title call of the CLI's own takes no reply away", async () => {
    const model = await startScriptedModel();
    const { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: _none, ...env } = model.env;
    const cli = startCli(path, env);
    const first = await cli.ask("ERR:500:1\nSAY:one");
    const second = await cli.ask("RECALL");
    await cli.close();
    await model.close();

    expect(first.result.result).toBe("one");
    expect(second.result.result).toBe(recallText(["ERR:500:1\nSAY:one"]));
    expect(model.requests.filter((request) => request.kind === "turn")).toHaveLength(3);
    expect(model.violations).toEqual([]);
  });

  test("the demo model answers, remembers, runs a tool and costs nothing", async () => {
    const hasty = { ...createSystemClock(), sleep: () => Promise.resolve() };
    const demo = await startDemoModel({ port: 0, clock: hasty });
    const cli = startCli(path, { ANTHROPIC_BASE_URL: demo.url, ANTHROPIC_API_KEY: demo.apiKey });
    const first = await cli.ask("my name is Kai");
    const second = await cli.ask("what is my name?");
    const tool = await cli.ask("demo tool");
    await cli.close();
    const stranger = startCli(path, { ANTHROPIC_BASE_URL: demo.url, ANTHROPIC_API_KEY: "another key" });
    const refused = await stranger.ask("hello");
    await stranger.close();
    await demo.close();

    expect(first.result.result).toMatch(/^\[demo\] [\s\S]*> my name is Kai/);
    expect(first.streamed).toBe(first.result.result);
    expect(second.result.result).toContain("Before it you said “my name is Kai”");
    expect(tool.result.result).toMatch(/^\[demo\] The tool has run[\s\S]*\d{2}:\d{2}:\d{2}/);
    expect(tool.result.total_cost_usd).toBe(0);
    expect(refused.result).toMatchObject({ is_error: true, api_error_status: 401 });
  });
});
