import { expect, test } from "vitest";
import { LONGEST_QUESTION, readQuestion } from "./search-question.ts";

test("nothing is asked without a word, and nothing that would be refused", () => {
  expect(readQuestion({}, 20)).toEqual({ is: "nothing" });
  expect(readQuestion({ q: "  " }, 20)).toEqual({ is: "nothing" });
  const tooLong = { is: "problem", problem: "too_long" };
  expect(readQuestion({ q: "x".repeat(LONGEST_QUESTION + 1) }, 20)).toEqual(tooLong);
  const reversed = { is: "problem", problem: "days_reversed" };
  expect(readQuestion({ q: "tea", from: "2026-11-23", to: "2026-11-22" }, 20)).toEqual(reversed);
});

test("a chat is asked for within its bot alone", () => {
  expect(readQuestion({ q: " tea ", bot: "b", chat: "7" }, 20)).toMatchObject({
    question: { q: "tea", in: "all", botId: "b", chatId: "7", limit: 20 },
  });
  expect(readQuestion({ q: "tea", chat: "7" }, 20)).toEqual({
    is: "question",
    question: { q: "tea", in: "all", limit: 20 },
    leavesMemoriesOut: false,
  });
});

test("a filter that memories do not have leaves them out, and says so", () => {
  expect(readQuestion({ q: "tea", role: "user", to: "2026-11-22" }, 20)).toEqual({
    is: "question",
    question: {
      ...{ q: "tea", in: "messages", limit: 20, role: "user" },
      to: new Date(2026, 10, 23).getTime(),
    },
    leavesMemoriesOut: true,
  });
  expect(readQuestion({ q: "tea", in: "memories", role: "user" }, 20)).toMatchObject({
    question: { in: "memories" },
    leavesMemoriesOut: false,
  });
});
