import { describe, expect, test } from "vitest";
import { formatQuestionData, parseQuestionData, type QuestionAction } from "./question-data.ts";

const ID = "0193f0a2-7c11-7000-8000-00000000002a";
const ACTIONS: QuestionAction[] = [
  { kind: "decide", approvalId: ID, decision: "once", shownHash: "0123456789ab" },
  { kind: "decide", approvalId: ID, decision: "session", shownHash: "0123456789ab" },
  { kind: "decide", approvalId: ID, decision: "deny", shownHash: "0123456789ab" },
  { kind: "revise", approvalId: ID },
  { kind: "choose", approvalId: ID, question: 99, option: 99, chosen: true },
  { kind: "choose", approvalId: ID, question: 0, option: 0, chosen: false },
  { kind: "chosen", approvalId: ID, question: 3 },
];

describe("what a question's buttons carry", () => {
  test.each(ACTIONS)("$kind survives the trip and fits in 64 bytes", (action) => {
    const data = formatQuestionData(action);
    expect(parseQuestionData(data)).toEqual(action);
    expect(Buffer.byteLength(data)).toBeLessThanOrEqual(64);
  });

  test.each([
    "",
    "a:",
    `a:${ID}`,
    `a:${ID}:x:0123456789ab`,
    `a:${ID}:o:short`,
    `a:${ID}:o:0123456789ab0`,
    `e:${ID}:1`,
    `e:${ID}:1.100+`,
    `e:${ID}:-1.0+`,
    `s:${ID}`,
  ])("%j is none of them", (data) => {
    expect(parseQuestionData(data)).toBeNull();
  });
});
