import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { STUB_CLI_PATH } from "@steward/claude/stub-cli";
import { system } from "@steward/contract/health";
import { listSessions, reapSessions } from "@steward/contract/sessions";
import { getTurn, submitTurn, type Turn, turnEvents } from "@steward/contract/turns";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { watchResidentMb } from "../src/load/process-memory.ts";
import { type Rig, startRig } from "../src/rig.ts";

const MB = 1_048_576;

/** Sends a prompt, reads its events to the end and resolves with the ended turn and the text that was streamed. */
async function ask(rig: Rig, chatId: string, text: string): Promise<Turn & { streamed: string }> {
  const client = rig.client();
  const { turnId } = await client.call(submitTurn, {
    headers: { "idempotency-key": randomUUID() },
    body: { botId: "stub", chatId, threadId: "", text, source: "cli" },
  });
  let streamed = "";
  for await (const { event } of client.streamEvents(turnEvents, { params: { turnId } }))
    if (event.type === "text") streamed = streamed.slice(0, event.offset) + event.text;
  return { ...(await client.call(getTurn, { params: { turnId } })), streamed };
}

/** The prompt that makes the stub misbehave. */
const stub = (scenario: object): string => `STUB:${JSON.stringify(scenario)}`;
/** What of the chat's CLI could not be read. */
const passedOver = async (rig: Rig, chatId: string) =>
  (await rig.client().call(listSessions)).find((session) => session.chatId === chatId)?.passedOver;

/** Whatever happened in this chat, the next message is answered, and afterwards nothing of it is left. */
async function goesOn(rig: Rig, chatId: string): Promise<void> {
  expect(await ask(rig, chatId, "still there?")).toMatchObject({ state: "done", text: "echo: still there?" });
  await rig.client().call(reapSessions, { body: { idleForMs: 0 } });
  expect(rig.cliProcesses()).toEqual([]);
}

/** By how many megabytes the service has grown at most while `work` went on. */
async function growthMb(rig: Rig, work: () => Promise<unknown>): Promise<number> {
  const before = watchResidentMb(rig.api.pid).stop();
  const watch = watchResidentMb(rig.api.pid, 20);
  await work();
  return watch.stop() - before;
}

describe("what a CLI may say, through the whole service", () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig({ cli: STUB_CLI_PATH, apiEnv: { STEWARD_LOG_LEVEL: "info" } });
    // What is loaded at the first turn is not what a flood costs.
    await ask(rig, "warm-up", "hello");
  });
  afterAll(() => rig.close());

  test("row 14: 100 MB of text end in an answer that says so and a file with all of it, within 64 MB", async () => {
    let turn: Turn | undefined;
    const grown = await growthMb(rig, async () => {
      turn = await ask(rig, "flood", stub({ fault: "stdout-flood", bytes: 100 * MB, text: "" }));
    });
    expect(turn).toMatchObject({ state: "done", errorCode: null });
    expect(turn?.text).toContain(`files/answer-${turn?.id}.md`);
    expect(turn?.text.length).toBeLessThan(300_000);
    const file = join(rig.home, "workspaces", "stub", "flood", "files", `answer-${turn?.id}.md`);
    expect(statSync(file).size).toBe(100 * MB);
    expect(grown).toBeLessThan(64);
    await goesOn(rig, "flood");
  });

  test("row 15: a line of 60 MB is dropped and counted, within 64 MB; the turn is answered", async () => {
    let turn: Turn | undefined;
    const grown = await growthMb(rig, async () => {
      turn = await ask(rig, "long-line", stub({ fault: "oversize-line", text: "after it" }));
    });
    expect(turn).toMatchObject({ state: "done", text: "after it" });
    expect(grown).toBeLessThan(64);
    expect(await passedOver(rig, "long-line")).toEqual({ badLines: 0, oversizeLines: 1, unknownEvents: 0 });
    await goesOn(rig, "long-line");
  });

  test("row 16: invalid JSON, BOM, NUL, CRLF and two objects on a line are counted; the turn is answered", async () => {
    expect(await ask(rig, "garbage", stub({ fault: "garbage", text: "after it" }))).toMatchObject({
      state: "done",
      text: "after it",
    });
    expect(await passedOver(rig, "garbage")).toEqual({ badLines: 8, oversizeLines: 0, unknownEvents: 0 });
    await goesOn(rig, "garbage");
  });

  test.each([
    ["row 12: exit 0 without a result", "exit-without-result", "cli_exited"],
    ["row 12: an empty result", "empty-result", "cli_no_answer"],
    ["row 16: half a line and the end", "half-line", "cli_exited"],
  ])("%s: tried once more, then told in one sentence", async (_row, fault, errorCode) => {
    const turn = await ask(rig, fault, stub({ fault }));
    expect(turn).toMatchObject({ errorCode, attempt: 2 });
    expect(["failed", "interrupted"]).toContain(turn.state);
    expect(turn.text).toMatch(/send your message again\.$/);
    await goesOn(rig, fault);
  });

  test.each([
    [
      "row 8: killed while a tool runs",
      { fault: "crash-mid-tool", tools: [{ name: "Bash" }] },
      "interrupted",
    ],
    [
      "row 13: an error on stderr alone",
      { fault: "exit-with-stderr", stderrText: "out of luck" },
      "interrupted",
    ],
  ])("%s: told in one sentence", async (_row, scenario, state) => {
    const chatId = scenario.fault;
    const turn = await ask(rig, chatId, stub(scenario));
    expect(turn).toMatchObject({ state, errorCode: "cli_exited" });
    expect(turn.text).toContain("Claude Code ended unexpectedly.");
    await goesOn(rig, chatId);
  });

  test("row 17: text that arrives byte by byte is exact in stream and record", async () => {
    const text = "é 中文 👩‍👩‍👧‍👦 \u2028 \u{10FFFF} e\u0301";
    const turn = await ask(rig, "bytes", stub({ fault: "split-bytes", text }));
    expect(turn).toMatchObject({ state: "done", text, streamed: text });
    await goesOn(rig, "bytes");
  });

  test("row 17: halves of characters that stay alone pass as they are; only the record cannot keep them", async () => {
    const turn = await ask(rig, "halves", stub({ fault: "lone-surrogates", text: "" }));
    expect(turn).toMatchObject({ state: "done", streamed: "lone \ud83d and \ude00" });
    // UTF-8 has no half characters: what is written to disk has the sign for one that is missing, one for each.
    expect(turn.text).toBe("lone \uFFFD and \uFFFD");
    await goesOn(rig, "halves");
  });

  test("row 18: 200 MB on stderr while stdout is silent stop nothing and cost nothing", async () => {
    let turn: Turn | undefined;
    const grown = await growthMb(rig, async () => {
      turn = await ask(rig, "stderr", stub({ fault: "stderr-flood", bytes: 200 * MB, text: "after it" }));
    });
    expect(turn).toMatchObject({ state: "done", text: "after it" });
    // What only waits for the collector would be some 40.
    expect(grown).toBeLessThan(24);
    await goesOn(rig, "stderr");
  });

  test("row 19: events, questions and fields of another version are passed over, counted and named", async () => {
    const odd = await ask(rig, "odd", stub({ fault: "odd-fields", text: "one" }));
    expect(odd).toMatchObject({ state: "done", text: "one" });
    const unknown = await ask(rig, "odd", stub({ fault: "unknown-events", text: "two" }));
    expect(unknown).toMatchObject({ state: "done", text: "two" });
    expect(await passedOver(rig, "odd")).toEqual({ badLines: 0, oversizeLines: 0, unknownEvents: 3 });
    const { unknownTypes } = (await rig.client().call(system)).passedOver;
    expect(unknownTypes.map(({ type }) => type)).toEqual([
      "from_the_future",
      "system/brand_new",
      "control_request/brand_new_question",
    ]);
    await goesOn(rig, "odd");
  });
});

describe.each(["off", "auto"])("row 20: what a turn leaves running, with the sandbox %s", (sandbox) => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig({
      cli: STUB_CLI_PATH,
      apiEnv: { STEWARD_SANDBOX: sandbox, STEWARD_LOG_LEVEL: "info" },
    });
  });
  afterAll(() => rig.close());

  test("a grandchild that holds stdout keeps no turn from ending, and does not outlive it", async () => {
    const startMs = performance.now();
    const turn = await ask(rig, "held", stub({ fault: "exit-with-held-stdout" }));
    // Two attempts, each of them read for 2 s more at the most.
    expect(performance.now() - startMs).toBeLessThan(10_000);
    expect(turn).toMatchObject({ errorCode: "cli_exited", attempt: 2 });
    expect(turn.text).toContain("Claude Code ended unexpectedly.");
    await goesOn(rig, "held");
  });

  test("a crowd in sessions of their own and one that forks away without end are gone with their session", async () => {
    const children = ["relay", "orphan", ...Array.from({ length: 10 }, () => "setsid")];
    const turn = await ask(rig, "crowd", stub({ tools: [{ name: "Bash", children }], text: "after it" }));
    expect(turn).toMatchObject({ state: "done", text: "after it" });
    expect(rig.cliProcesses().length).toBeGreaterThan(10);
    await goesOn(rig, "crowd");
  });
});

describe("row 21: a CLI that does not read", () => {
  const folder = mkdtempSync(join(tmpdir(), "steward-stub-cli-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  afterEach(() => {
    for (const name of readdirSync(folder)) rmSync(join(folder, name));
  });

  /** The stub, as it behaves until `mended` is called. */
  const startWith = async (scenario: object) => {
    const cli = join(folder, "claude");
    const write = (text: string): void => writeFileSync(cli, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    write(`STUB_SCENARIO='${JSON.stringify(scenario)}' exec ${STUB_CLI_PATH} "$@"`);
    const rig = await startRig({ cli, apiEnv: { STEWARD_SANDBOX: "off", GATEWAY_CLAUDE_TIMEOUT: "3" } });
    onTestFinished(() => rig.close());
    return { rig, mend: () => write(`exec ${STUB_CLI_PATH} "$@"`) };
  };
  const prompt = "p".repeat(MB);

  test("and has closed its stdin: the prompt breaks the pipe, the turn is told, and nobody crashes", async () => {
    const { rig, mend } = await startWith({ closesInput: true });
    const turn = await ask(rig, "closed", prompt);
    expect(turn).toMatchObject({ errorCode: "cli_exited" });
    expect(turn.text).toContain("Claude Code ended unexpectedly.");
    mend();
    await goesOn(rig, "closed");
  });

  test("and leaves its stdin open: the turn ends with the first silence that is too long", async () => {
    const { rig, mend } = await startWith({ neverReads: true });
    const turn = await ask(rig, "unread", prompt);
    expect(turn).toMatchObject({ state: "failed", errorCode: "cli_first_event_timeout" });
    mend();
    await goesOn(rig, "unread");
  });
});
