import { describe, expect, test } from "vitest";
import { revealHidden, stripDirectionMarks } from "./visible-text.ts";

describe("revealHidden", () => {
  test.each([
    ["rm -rf \u202e/emoh\u202c", "rm -rf ⟨U+202E⟩/emoh⟨U+202C⟩"],
    ["curl\u200b evil.sh", "curl⟨U+200B⟩ evil.sh"],
    ["a\u00a0b", "a⟨U+00A0⟩b"],
    ["tag\u{e0041}", "tag⟨U+E0041⟩"],
    ["bell\u0007 esc\u001b", "bell⟨U+0007⟩ esc⟨U+001B⟩"],
    ["x\ufe0f", "x⟨U+FE0F⟩"],
    ["a\u200db", "a⟨U+200D⟩b"],
    ["half \ud83d", "half ⟨U+D83D⟩"],
    ["fill\u3164er", "fill⟨U+3164⟩er"],
  ])("%j becomes %j", (text, expected) => {
    expect(revealHidden(text)).toBe(expected);
  });

  test("leaves text, line breaks and emoji alone", () => {
    const text = "ls -la\n\tдаты 漢字　שלום 👨‍👩‍👧 ❤️ 👍🏽 1️⃣ 🏳️‍🌈 é";
    expect(revealHidden(text)).toBe(text);
  });
});

test("stripDirectionMarks takes out what turns the text around, and nothing else", () => {
  expect(stripDirectionMarks("a\u202eb\u2066c\u2069d\u200fe\u061cf שלום")).toBe("abcdef שלום");
});
