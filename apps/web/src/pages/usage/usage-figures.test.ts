import { expect, test } from "vitest";
import { cacheShare, chatOfKey, everyDay, metricOf } from "./usage-figures.ts";

const figures = {
  turns: 2,
  inputTokens: 10,
  outputTokens: 5,
  cacheReadTokens: 80,
  cacheCreationTokens: 10,
  costUsd: 0.5,
};

test("days without use stand between the others, over the end of a month", () => {
  const from = Date.UTC(2026, 1, 27);
  const days = everyDay({ from, to: from + 3 * 86_400_000 - 1, rows: [{ key: "2026-02-28", ...figures }] });
  expect(days.map(({ key, turns }) => [key, turns])).toEqual([
    ["2026-02-27", 0],
    ["2026-02-28", 2],
    ["2026-03-01", 0],
  ]);
});

test("the cache's share is of what went in, and none where nothing did", () => {
  expect(cacheShare(figures)).toBe(0.8);
  expect(cacheShare({ ...figures, inputTokens: 0, cacheReadTokens: 0, cacheCreationTokens: 0 })).toBeNull();
  expect(metricOf(figures, "tokens")).toBe(105);
  expect(metricOf(figures, "cost")).toBe(0.5);
});

test("a chat is read from its key, with and without a topic", () => {
  expect(chatOfKey("77/-100.t5")).toEqual({ botId: "77", chatId: "-100", threadId: "5" });
  expect(chatOfKey("web/main")).toEqual({ botId: "web", chatId: "main", threadId: "" });
});
