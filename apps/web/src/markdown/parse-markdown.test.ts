import { describe, expect, test } from "vitest";
import { parseMarkdown } from "./parse-markdown.ts";

/** Generous, for a machine that has other things to do: the worst of these took five to seventeen seconds. */
const SOON_MS = 4_000;

describe("what is made to keep the parser busy, or to be too deep", () => {
  test.each([
    ["quotes in quotes", ">".repeat(8_000)],
    ["fewer of them", ">".repeat(5_000)],
    ["lists in lists", "- ".repeat(3_000)],
    ["numbered lists in lists", "1. ".repeat(3_000)],
    ["emphasis that crosses", "*a **a ".repeat(3_000)],
    ["links in links", "[".repeat(10_000)],
    ["code that never ends", "`".repeat(10_000)],
    ["very much", "word ".repeat(100_000)],
    ["a deep one, line by line", Array.from({ length: 300 }, (_, n) => `${"  ".repeat(n)}- x`).join("\n")],
  ])("is over soon: %s", (_, text) => {
    const startedMs = performance.now();
    parseMarkdown(text);
    expect(performance.now() - startedMs).toBeLessThan(SOON_MS);
  });

  test("what cannot be drawn is left as it was written", () => {
    expect(parseMarkdown(">".repeat(5_000))).toBeNull();
    expect(parseMarkdown("- ".repeat(1_000))).toBeNull();
  });
});

test.each([
  "# A title\n\nwith *words* and `code`",
  "> > a quote of a quote",
  "- one\n  - two\n    - three",
  "---",
  "-".repeat(200),
  "* ".repeat(30),
  "2026-11-22 09:30:00 - 3.5 - (1) - done",
  `| ${"a | ".repeat(30)}\n|${"---|".repeat(31)}`,
  "**bold** ".repeat(200),
])("what people and agents write is read: %j", (text) => {
  expect(parseMarkdown(text)).not.toBeNull();
});
