import { expect, test } from "vitest";
import { quoteConversation, readSummary } from "./summary-words.ts";

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

test("a note that is too long is cut at a word, and never within a character", () => {
  const note = readSummary(`${"They like tea. ".repeat(100)}${"🍵".repeat(400)}`) ?? "";
  expect(note.length).toBeLessThanOrEqual(2_000);
  expect(note.endsWith("tea. …") || note.endsWith("tea …")).toBe(true);
  const one = readSummary(`x${"🍵".repeat(1_500)}`) ?? "";
  expect(one).not.toMatch(LONE_SURROGATE);
  expect(one).toMatch(/🍵 …$/u);
});

test("a long message is quoted with its beginning and its end, all of it whole characters", () => {
  const asked = `begin x${"🍵".repeat(1_500)}y end`;
  const quoted = quoteConversation(null, [{ at: 0, asked, answered: "yes" }]);
  expect(quoted).toContain("begin x🍵");
  expect(quoted).toContain("🍵y end");
  expect(quoted).toContain("🍵 […] 🍵");
  expect(quoted).not.toMatch(LONE_SURROGATE);
});
