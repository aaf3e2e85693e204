import { describe, expect, test } from "vitest";
import { readAnswer } from "./answer-in-words.ts";

const TOOL = { kind: "tool" as const, rule: "Bash(ls *)", questions: null, draft: null };
const QUESTION = {
  kind: "question" as const,
  rule: null,
  questions: [
    {
      question: "Which?",
      header: "",
      multiSelect: false,
      options: [
        { label: "A", description: "" },
        { label: "B", description: "" },
      ],
    },
  ],
  draft: { question: 0, chosen: [] },
};

describe("a reply to a question of the agent's", () => {
  test.each([
    ["yes", { decision: "once" }],
    [" OK! ", { decision: "once" }],
    ["Go ahead.", { decision: "once" }],
    ["好的。", { decision: "once" }],
    ["没问题", { decision: "once" }],
    ["session", { decision: "session" }],
    ["no", { decision: "deny" }],
    ["不行！", { decision: "deny" }],
    ["yes, but only in /tmp", { decision: "deny", message: "yes, but only in /tmp" }],
    ["use pnpm instead", { decision: "deny", message: "use pnpm instead" }],
  ])("%j", (words, answer) => {
    expect(readAnswer(TOOL, words)).toEqual({ kind: "decide", answer });
  });

  test("without a rule nothing is allowed for a session", () => {
    expect(readAnswer({ ...TOOL, rule: null }, "session")).toEqual({
      kind: "decide",
      answer: { decision: "deny", message: "session" },
    });
  });

  test.each([
    ["2", { kind: "option", option: 1, chosen: true }],
    ["3", { kind: "words", words: "3" }],
    ["yes", { kind: "words", words: "yes" }],
  ])("with options, %j", (words, choice) => {
    expect(readAnswer(QUESTION, words)).toEqual({ kind: "choose", choice });
  });
});
