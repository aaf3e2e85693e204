import { expect, test } from "vitest";
import { stripMention } from "./strip-mention.ts";

test.each([
  ["@steward_bot what is the time?", "what is the time?"],
  ["@Steward_Bot, what is the time?", "what is the time?"],
  ["@steward_bot：现在几点？", "现在几点？"],
  ["what is the time, @steward_bot", "what is the time,"],
  ["hey @steward_bot look at this", "hey look at this"],
  ["@steward_bot\nline one\n  line two", "line one\n  line two"],
  ["(@steward_bot) hi", "() hi"],
  ["@steward_bot", ""],
  ["你好@steward_bot在吗", "你好在吗"],
])("%j is asked as %j", (text, asked) => {
  expect(stripMention(text, "steward_bot")).toBe(asked);
});

test.each(["mail@steward_bot", "@steward_bot_2 hi", "t.me/@steward_bot", "@other_bot hi", "  plain  "])(
  "%j stays as it is",
  (text) => {
    expect(stripMention(text, "steward_bot")).toBe(text);
  },
);
