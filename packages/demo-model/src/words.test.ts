import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { splitWords } from "./words.ts";

describe("splitWords", () => {
  test("gives words with the signs before them, in Chinese too", () => {
    expect(splitWords("Hello, big **world**!")).toEqual(["Hello", ", big", " **world", "**!"]);
    expect(splitWords("你好世界").length).toBeGreaterThan(1);
  });

  test("loses nothing", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(splitWords(text).join("")).toBe(text);
      }),
    );
  });
});
