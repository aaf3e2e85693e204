import { describe, expect, test } from "vitest";
import { summarizeTool } from "./tool-summary.ts";

describe("the summary of a tool call", () => {
  test.each<[string, unknown, string]>([
    ["Bash", { command: "ls -l", description: "List files" }, "ls -l"],
    ["Read", { file_path: "/a/b.ts", limit: 5 }, "/a/b.ts"],
    ["Grep", { path: "/src", pattern: "TODO" }, "TODO"],
    ["AskUserQuestion", { questions: [{ question: "Which one?" }] }, "Which one?"],
    ["mcp__memory__remember", { count: 3, text: "likes tea" }, "likes tea"],
    ["Bash", { command: "a\n  b\tc" }, "a b c"],
    ["Bash", {}, ""],
    ["Bash", null, ""],
    ["Bash", "just text", ""],
    ["Bash", [1, 2], ""],
  ])("%s %j", (name, input, summary) => {
    expect(summarizeTool(name, input)).toBe(summary);
  });

  test("is cut between characters, not inside one", () => {
    const summary = summarizeTool("Bash", { command: "👩".repeat(200) });
    expect([...summary]).toHaveLength(120);
    expect(summary.endsWith("👩…")).toBe(true);
  });
});
