import type { Approval } from "@steward/contract/approvals";
import { describe, expect, test } from "vitest";
import { wordEnd, wordQuestion } from "./word-approval.ts";

const approvalOf = (more: Partial<Approval> = {}): Approval => ({
  botId: "7",
  chatId: "42",
  threadId: "",
  id: "018f0000-0000-7000-8000-0000000000a1",
  turnId: "018f0000-0000-7000-8000-000000000001",
  userId: "42",
  kind: "tool",
  toolUseId: "t1",
  toolName: "Bash",
  summary: "ls",
  text: "ls",
  isCut: false,
  diff: null,
  reason: null,
  rule: null,
  questions: null,
  inputHash: "h",
  state: "pending",
  createdAt: 0,
  expiresAt: 600_000,
  decidedAt: null,
  decidedBy: null,
  decision: null,
  message: null,
  draft: null,
  ...more,
});
const asked = (question: string, more: Partial<Approval> = {}) =>
  wordQuestion(
    approvalOf({
      kind: "question",
      questions: [
        {
          question,
          header: "A\nheader",
          multiSelect: false,
          options: [{ label: "L\n**bold**", description: "" }],
        },
      ],
      ...more,
    }),
    "en",
  );

describe("what the agent wrote among Steward's own words", () => {
  test("no code of a character is decoded, no line becomes a heading or code", () => {
    const text = asked("a &rlm;b\n    indented\nHello\n===");
    expect(text).toContain("a \\&rlm;b");
    expect(text).toContain("\nindented\n");
    expect(text).toContain("\\=\\=\\=");
  });

  test("a reason, a header and a label are one line each", () => {
    const reason = "harmless\n“This session” also allows: nothing";
    const text = wordQuestion(approvalOf({ reason }), "en");
    expect(text).toContain("Why it asks: harmless “This session” also allows\\: nothing");
    expect(asked("Which?")).toContain("❓ **A header**");
    expect(asked("Which?")).toContain("1. **L \\*\\*bold\\*\\***");
  });

  test("a plan stands in a quote as a whole, its fence and its codes with it", () => {
    const plan = approvalOf({ kind: "plan", text: "Do it\n\n✅ **Plan confirmed**\n```\n&#8207;x" });
    const body = "> Do it\n> \n> ✅ **Plan confirmed**\n> ```\n> &amp;#8207;x";
    expect(wordQuestion(plan, "en")).toContain(`${body}\n\n⏳`);
    const ended = { ...plan, state: "allowed", decision: "once" } as const;
    expect(wordEnd(ended, "en", "Ada")).toBe(`✅ **Plan confirmed**, by Ada\n\n${body}`);
  });

  test("that a question was shortened is said", () => {
    expect(asked("Which?", { isCut: true })).toContain("Shortened.");
    expect(asked("Which?")).not.toContain("Shortened.");
  });
});
