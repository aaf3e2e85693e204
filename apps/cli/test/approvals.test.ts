import type { Approval } from "@steward/contract/approvals";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { approval, QUESTIONS } from "./approval-fixture.ts";
import { layOutData, makeHome, runSteward, startSteward, TEST_TOKEN } from "./run-steward.ts";
import { StewardDouble } from "./steward-double.ts";

let double: StewardDouble;
let home: string;
let stored: Approval[];

const BASH = approval();
const WRITE = approval({
  approvalId: "018f0000-0000-7000-8000-0000000000b2",
  toolName: "Write",
  text: "/w/notes.md\ncontent: x",
  summary: "/w/notes.md",
  isCut: true,
  rule: null,
  reason: "outside the workspace",
  inputHash: "h2",
});
const ASK = approval({
  approvalId: "018f0000-0000-7000-8000-0000000000c3",
  kind: "question",
  toolName: "AskUserQuestion",
  text: "Which colour?",
  summary: "Which colour?",
  rule: null,
  questions: QUESTIONS,
  inputHash: "h3",
});

beforeEach(async () => {
  double = await new StewardDouble(TEST_TOKEN).start();
  home = makeHome();
  layOutData(home);
  stored = [BASH, WRITE, ASK];
  double.on("listApprovals", ({ query }) => ({
    body: stored.filter(({ state }) => query.state === undefined || state === query.state),
  }));
  double.on("getApproval", ({ params }) => {
    const found = stored.find(({ id }) => id === params.approvalId);
    return { body: { ...found, input: { command: "mkdir \u202emade" } } };
  });
  double.on("decideApproval", ({ params, body }) => {
    const found = stored.find(({ id }) => id === params.approvalId);
    const state = body.decision === "deny" ? "denied" : "allowed";
    return { body: { ...found, state, decision: body.decision, decidedBy: "owner" } };
  });
});
afterEach(async () => {
  await double.stop();
  expect(double.violations).toEqual([]);
});

const run = (...args: string[]) => runSteward(["approvals", ...args], { home, port: double.port });
const decided = (): Record<string, unknown>[] =>
  double.callsOf("decideApproval").map(({ params, body }) => ({ id: params.approvalId, ...body }));

describe("steward approvals", () => {
  test("lists each with the exact call, what is behind it, and how to answer", async () => {
    const { code, stdout, stderr } = await run();
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        "0000a1  Bash  web/1 · 9 min left",
        "    mkdir made",
        "    --session would allow: Bash(mkdir made *)",
        "",
        "0000b2  Write  web/1 · 9 min left",
        "    /w/notes.md",
        "    content: x",
        "    (shortened; `steward approvals show 0000b2` shows all of it)",
        "    Why it asks: outside the workspace",
        "",
        "0000c3  AskUserQuestion  web/1 · 9 min left",
        "    Which colour?",
        "      1. Red – warm",
        "      2. Blue",
        "    Which fruits?",
        "      1. Apple",
        "      2. Pear",
        "",
        "",
      ].join("\n"),
    );
    expect(stderr).toContain("steward approvals allow ID");
  });

  test("says so when nothing waits, in the person's language", async () => {
    stored = [];
    expect((await run()).stdout).toContain("Nothing waits for you");
    const chinese = { home, port: double.port, env: { LANG: "zh_CN.UTF-8" } };
    expect((await runSteward(["approvals"], chinese)).stdout).toContain("没有等待您处理的请求");
  });

  test("narrows down to a bot's chat; --all tells how the others ended", async () => {
    stored = [{ ...BASH, state: "denied", decision: "deny", decidedBy: "user:42" }];
    expect((await run("--all", "--chat", "web/1")).stdout).toContain("✗ denied, by user:42");
    expect(double.callsOf("listApprovals").at(-1)?.query).toEqual({ botId: "web", chatId: "1" });
  });

  test("shows one in full, with what is hidden made visible", async () => {
    expect((await run("show", "a1")).stdout).toContain("    command: mkdir ⟨U+202E⟩made\n");
  });

  test("allows what was shown: once, or for the session", async () => {
    expect(await run("allow", "0000a1")).toMatchObject({
      code: 0,
      stdout: "0000a1  ✓ allowed once, by owner  Bash: mkdir made\n",
    });
    expect((await run("allow", BASH.id, "--session")).stdout).toContain("allowed for the session");
    expect(decided()).toEqual([
      { id: BASH.id, decision: "once", inputHash: "h1" },
      { id: BASH.id, decision: "session", inputHash: "h1" },
    ]);
  });

  test("denies, with words for the agent", async () => {
    expect((await run("deny", "b2", "--message", "use /tmp")).stdout).toContain("✗ denied, by owner");
    expect(decided()).toEqual([{ id: WRITE.id, decision: "deny", inputHash: "h2", message: "use /tmp" }]);
  });

  test("answers questions by number, by label, or in one's own words", async () => {
    expect((await run("answer", "c3", "2", "1,pear")).code).toBe(0);
    expect((await run("answer", "c3", "a warm one, please", "quince, or plum")).code).toBe(0);
    expect(decided().map(({ answers }) => answers)).toEqual([
      { "Which colour?": ["Blue"], "Which fruits?": ["Apple", "Pear"] },
      { "Which colour?": ["a warm one, please"], "Which fruits?": ["quince, or plum"] },
    ]);
  });

  test.each<[string[], string]>([
    [["allow", "nothing"], "No approval has the id"],
    [["allow", "018f"], "fits several: 0000a1, 0000b2, 0000c3"],
    [["allow", "c3"], "steward approvals answer 0000c3"],
    [["allow", "b2", "--session"], "Allow it once: steward approvals allow 0000b2"],
    [["answer", "a1", "x"], "This is no question"],
    [["answer", "c3", "1"], "give 2 answers"],
  ])("%j does nothing and says why", async (args, why) => {
    const { code, stderr } = await run(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(why);
    expect(decided()).toEqual([]);
  });

  test("tells what was decided when the answer comes too late", async () => {
    double.on("decideApproval", () => ({
      status: 409,
      body: { detail: "This was answered before, by user:42: denied (deny)", code: "approval_decided" },
    }));
    const { code, stderr } = await run("allow", "a1");
    expect(code).toBe(1);
    expect(stderr).toContain("answered before, by user:42");
  });

  test("--watch tells new ones and how they end, until Ctrl-C", async () => {
    stored = [{ ...WRITE, state: "expired" }];
    const watching = startSteward(["approvals", "--watch"], { home, port: double.port });
    await watching.waitFor("Watching");
    stored = [...stored, BASH];
    await watching.waitFor("    mkdir made");
    stored = [{ ...BASH, state: "allowed", decision: "once", decidedBy: "user:42" }];
    await watching.waitFor("0000a1  ✓ allowed once, by user:42");
    watching.signal("SIGINT");
    const { code, stdout } = await watching.exited;
    expect(code).toBe(130);
    expect(stdout).not.toContain("0000b2");
  });
});

describe("steward settings", () => {
  const rules = (value: unknown) => [
    { name: "allowRules", value, from: "global", updatedAt: null, updatedBy: null },
    { name: "model", value: null, from: "initial", updatedAt: null, updatedBy: null },
  ];
  const settings = (...args: string[]) => runSteward(["settings", ...args], { home, port: double.port });

  test("add and remove change the list that holds for the scope", async () => {
    double.on("listPolicies", () => ({ body: rules(["Read"]) }));
    double.on("setPolicy", ({ body }) => ({ body: { ...rules(body.value)[0] } }));
    expect((await settings("add", "allowRules", "Bash(git status)", "--bot", "123")).code).toBe(0);
    expect((await settings("remove", "allowRules", "Read")).code).toBe(0);
    expect(double.callsOf("setPolicy").map(({ body }) => [body.botId, body.value])).toEqual([
      ["123", ["Read", "Bash(git status)"]],
      [undefined, []],
    ]);
    expect(await settings("add", "model", "opus")).toMatchObject({ code: 2 });
  });
});
