import { expect, test } from "vitest";
import type { Memory } from "../memory/memory-service.ts";
import { matchWords } from "./match-words.ts";

const memoriesOf = (contents: readonly string[]): Memory[] =>
  contents.map((content, index) => ({
    ...{ id: index + 1, botId: "b", chatId: "c", key: `k${index + 1}`, content, category: "general" },
    ...{ state: "accepted", pinned: false, expiresAt: null, origin: "person", sourceMessageId: null },
    ...{ sourceTurnId: null, sourceUserId: null, sourceUserName: null, createdAt: 0, updatedAt: 0 },
  }));

test.each<[asked: string, contents: string[], ids: number[]]>([
  ["which editor do I use?", ["writes with an editor", "the car is red"], [1]],
  ["the car and the garage", ["the car is in town", "the car is in the garage"], [2, 1]],
  ["我的编辑器是什么？", ["喜欢喝茶", "编辑器是 helix"], [2]],
  ["HELIX 编辑", ["helix", "编辑器"], [1, 2]],
  ["what is it to you and me?", ["what is it to you and me"], []],
  ["🧭 … ?", ["🧭"], []],
  ["", ["anything"], []],
])("%j finds %j: %j", (asked, contents, ids) => {
  expect(matchWords(asked, memoriesOf(contents), 10).map(({ id }) => id)).toEqual(ids);
});

test("300 memories of the longest kind are matched in a moment", () => {
  const contents = Array.from({ length: 300 }, (_, at) => `note ${at} ${"word about something ".repeat(20)}`);
  const startedMs = performance.now();
  expect(matchWords("something about note 7", memoriesOf(contents), 8)).toHaveLength(8);
  // Far above what it takes, to hold on a busy machine.
  expect(performance.now() - startedMs).toBeLessThan(500);
});
