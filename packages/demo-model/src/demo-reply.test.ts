import { describe, expect, test } from "vitest";
import { demoReply } from "./demo-reply.ts";
import type { Conversation } from "./messages-api/index.ts";

function ask(prompt: string, rest: Partial<Conversation> = {}, toolNames: readonly string[] = ["Bash"]) {
  const current = { text: prompt, attachments: 0 };
  return demoReply({
    conversation: { summary: null, earlier: [], current, rounds: [], steering: [], ...rest },
    toolNames,
  });
}

const earlier = ["my name is Kai", "I like tea", "and rain"].map((text) => ({ text, attachments: 0 }));
const round = (text: string, isError = false) => ({
  id: "t",
  name: "Bash",
  input: {},
  result: { text, isError },
});

describe("every answer of the demo model", () => {
  test.each([
    "hello",
    "你好",
    "demo tool",
    "demo approval",
    "demo long",
    "demo slow",
    "演示工具",
    "演示审批",
    "演示长文",
    "演示慢",
  ])("to %j begins with the label", (prompt) => {
    expect(ask(prompt).text).toMatch(/^(# )?\[demo\]/);
  });
});

describe("the echo", () => {
  test("repeats, says that nobody thinks here, and how to go live", () => {
    const { text, tool } = ask("what is\n2 + 2?");
    expect(text).toContain("> what is\n> 2 + 2?");
    expect(text).toContain("no intelligence");
    expect(text).toContain("To go live:");
    expect(text).toContain("first message");
    expect(tool).toBeNull();
  });

  test("counts and quotes what was said before", () => {
    const { text } = ask("and now?", { earlier });
    expect(text).toContain("message 4");
    expect(text).toContain("“my name is Kai”");
    expect(text).toContain("“and rain”");
  });

  test("speaks Chinese to those who write Chinese", () => {
    const { text } = ask("我叫什么名字？", { earlier });
    expect(text).toContain("第 4 条消息");
    expect(text).toContain("“my name is Kai”");
    expect(text).toContain("正式使用");
  });

  test("cuts long words of a person between graphemes", () => {
    const { text } = ask("👩‍👩‍👧‍👦".repeat(500));
    expect(text.length).toBeLessThan(1500);
    expect(Buffer.from(text).toString()).toBe(text);
    expect(text).toContain("👩‍👩‍👧‍👦…");
  });

  test("mentions what it cannot look at, and a compaction", () => {
    const { text } = ask("", { current: { text: "", attachments: 2 }, summary: "old" });
    expect(text).toContain("Attached: 2");
    expect(text).toContain("compacted");
  });
});

describe("the directives", () => {
  test("demo tool runs date, demo approval something that has to be asked for", () => {
    expect(ask("demo tool").tool).toMatchObject({ name: "Bash", input: { command: "date" } });
    expect(ask(" Demo Approval please").tool?.input).toMatchObject({ command: "touch steward-demo.txt" });
  });

  test("without Bash it says so instead of asking for it", () => {
    expect(ask("demo tool", {}, ["Read"])).toMatchObject({
      tool: null,
      text: expect.stringContaining("no Bash"),
    });
  });

  test("the result of a tool is shown, and so is its refusal", () => {
    expect(ask("demo tool", { rounds: [round("Fri Nov 20")] }).text).toContain("```\nFri Nov 20\n```");
    expect(ask("demo approval", { rounds: [round("denied", true)] }).text).toContain("did not run");
    expect(ask("demo tool", { rounds: [round("x")], steering: ["hurry"] }).text).toContain("“hurry”");
  });

  test("demo long has headings, a list, a table, code and Chinese; demo slow is slower", () => {
    const { text } = ask("demo long");
    for (const part of ["\n## ", "\n1. ", "\n| ", "\n```ts", "中文一段"]) expect(text).toContain(part);
    expect(ask("demo slow").wordDelayMs).toBeGreaterThan(ask("hello").wordDelayMs * 10);
  });

  test("words that only resemble a directive are echoed", () => {
    expect(ask("a demo tool").text).toContain("> a demo tool");
    expect(ask("demo toolbox").tool).toBeNull();
  });
});
