import { describe, expect, test } from "vitest";
import { summarizeTool } from "./summarize-tool.ts";

const line = (name: string, input: unknown): string => {
  const { icon, label, detail } = summarizeTool(name, input);
  return `${icon} ${label} ${detail}`.trimEnd();
};

describe("summarizeTool", () => {
  test.each<[string, unknown, string]>([
    ["Read", { file_path: "src/a.ts", limit: 5 }, "📖 Read src/a.ts"],
    [
      "Bash",
      { command: "npm test\n  && npm run build", description: "Tests" },
      "⚙️ Bash npm test && npm run build",
    ],
    ["Bash", "npm test", "⚙️ Bash npm test"],
    ["Grep", { pattern: "TODO", path: "src" }, "🔎 Grep TODO"],
    ["Task", { description: "Find callers", prompt: "…" }, "🤖 Task Find callers"],
    ["AskUserQuestion", { questions: [{ question: "Which one?" }] }, "❓ AskUserQuestion Which one?"],
    ["mcp__memory__search_notes", { query: "cron" }, "🔌 memory: search_notes cron"],
    ["Unknown", { count: 3, what: "this" }, "🔧 Unknown this"],
    ["Read", null, "📖 Read"],
    ["constructor", {}, "🔧 constructor"],
    [
      "TodoWrite",
      { todos: [{ content: "a", status: "completed" }, { content: "b", status: "in_progress" }, null] },
      "📋 TodoWrite 1/2 b",
    ],
  ])("%s %j", (name, input, expected) => {
    expect(line(name, input)).toBe(expected);
  });

  test("cuts a long command at its end and a long path at its beginning", () => {
    expect(summarizeTool("Bash", `echo ${"x".repeat(100)}`).detail).toMatch(/^echo x+…$/);
    expect(
      summarizeTool("Read", { file_path: `/home/anna/${"deep/".repeat(20)}src/main.ts` }).detail,
    ).toMatch(/^…\/(?:deep\/)+src\/main\.ts$/);
    expect(summarizeTool("Read", `/${"x".repeat(100)}`).detail).toMatch(/^…x+$/);
    for (const input of ["👨‍👩‍👧".repeat(50), "word ".repeat(2_000_000)]) {
      expect(summarizeTool("Bash", input).detail.length).toBeLessThanOrEqual(48);
    }
  });

  test("hides nothing: invisible characters are written out, direction marks are gone", () => {
    expect(summarizeTool("Bash", "rm \u202e-rf\u200b /\u0007").detail).toBe("rm -rf⟨U+200B⟩ /⟨U+0007⟩");
  });
});
