import fc from "fast-check";
import { expect, test } from "vitest";
import { escapeHidden } from "./visible-text.ts";

test.each([
  ["a right-to-left override", "ls \u202egnp.exe", "ls ⟨U+202E⟩gnp.exe"],
  ["an isolate", "a\u2066b", "a⟨U+2066⟩b"],
  ["a zero-width space", "rm\u200b -rf", "rm⟨U+200B⟩ -rf"],
  ["an escape sequence", "\u001b[2Jok", "⟨U+001B⟩[2Jok"],
  ["a carriage return", "evil\rgood", "evil⟨U+000D⟩good"],
  ["a no-break space", "a\u00a0b", "a⟨U+00A0⟩b"],
  ["a Hangul filler", "a\u3164b", "a⟨U+3164⟩b"],
  ["a tag character", "a\u{e0041}b", "a⟨U+E0041⟩b"],
  ["a line separator", "a\u2028b", "a⟨U+2028⟩b"],
  ["a lone surrogate", "a\ud800b", "a⟨U+D800⟩b"],
  ["a joiner between letters", "a\u200db", "a⟨U+200D⟩b"],
])("%s is shown by its code", (_, text, shown) => {
  expect(escapeHidden(text)).toBe(shown);
});

test("what can be seen stays as it is: line feeds, tabs, Chinese, accents, joined emoji", () => {
  const text = "for f in *; do\n\techo 你好 é ❤️ 👩‍👩‍👧; done";
  expect(escapeHidden(text)).toBe(text);
});

test("nothing hidden is left, whatever the text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      // Emoji keep their joiner and their variation selector.
      expect(escapeHidden(text).replace(/\n|\t|\u200d|\ufe0f/gu, "")).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
    }),
  );
});
