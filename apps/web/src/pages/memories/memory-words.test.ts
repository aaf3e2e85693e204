import type { MemoryRecord } from "@steward/contract/memory-records";
import { expect, test } from "vitest";
import { changesOf, NO_WORDS, problemsOf, readWords, wordsOf } from "./memory-words.ts";

const midnight = new Date(2026, 11, 1).getTime();
const memory: MemoryRecord = {
  ...{ id: 1, botId: "b", chatId: "", key: "tea", content: "green", category: "general" },
  ...{ state: "accepted", pinned: false, expiresAt: midnight, origin: "person" },
  ...{ sourceMessageId: null, sourceTurnId: null, sourceUserId: null, sourceUserName: null },
  ...{ createdAt: 1, updatedAt: 1 },
};

test("what nobody has touched is no change, a time of day included", () => {
  expect(wordsOf(memory).lastDay).toBe("2026-11-30");
  expect(changesOf(wordsOf(memory), wordsOf(memory))).toEqual({});
  const atNoon = { ...memory, expiresAt: midnight + 43_200_000 };
  expect(wordsOf(atNoon).lastDay).toBe("2026-12-01");
  expect(changesOf({ ...wordsOf(atNoon) }, wordsOf(atNoon))).toEqual({});
});

test("what was changed is sent, and nothing else", () => {
  const words = { ...wordsOf(memory), content: " black ", lastDay: "", category: " " };
  expect(changesOf(words, wordsOf(memory))).toEqual({ content: "black", expiresAt: null });
  expect(readWords({ ...NO_WORDS, key: "a", content: "b" })).toEqual({
    ...{ key: "a", content: "b", category: "general", pinned: false, expiresAt: null },
  });
});

test("what the API would refuse is told before it is sent", () => {
  const now = midnight;
  expect(problemsOf(wordsOf({ ...memory, expiresAt: null }), now)).toEqual({});
  expect(problemsOf({ ...NO_WORDS, category: "x".repeat(65) }, now)).toEqual({
    ...{ key: "missing", content: "missing", category: "too_long" },
  });
  const long = { ...NO_WORDS, key: "x".repeat(201), content: "x".repeat(8_001), lastDay: "2026-11-30" };
  expect(problemsOf(long, now)).toEqual({ key: "too_long", content: "too_long", lastDay: "past_day" });
  expect(problemsOf({ ...wordsOf(memory), lastDay: "2026-02-31" }, now)).toEqual({ lastDay: "no_day" });
});
