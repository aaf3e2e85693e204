import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chunkText, cutText } from "./chunk-text.ts";

const limits = { maxChars: 60, overlapChars: 15, maxChunks: 8 };

test("a text that fits is one piece; one without anything to read is none", () => {
  expect(chunkText("  Hello there.\n", limits)).toEqual(["Hello there."]);
  expect(chunkText(" \n\t", limits)).toEqual([]);
  expect(chunkText("", limits)).toEqual([]);
});

describe("cut where a reader pauses", () => {
  const first = (text: string) => chunkText(text, limits)[0];
  test("behind a sentence", () => {
    expect(first(`${"x".repeat(30)} end of it. And then ${"y".repeat(40)}`)).toMatch(/end of it\.$/);
  });
  test("behind a Chinese sentence, which no space follows", () => {
    expect(first(`${"今天我们讨论了很多事情".repeat(4)}。${"明天继续讨论别的".repeat(4)}`)).toMatch(/。$/);
  });
  test("behind a paragraph rather than behind a sentence", () => {
    expect(first(`${"x".repeat(35)}\n\nA. B. C. ${"y".repeat(60)}`)).toBe("x".repeat(35));
  });
});

test("what a person sees as one character stays whole, flags in a row too", () => {
  const family = "👨‍👩‍👧‍👦";
  for (const unit of ["🇨🇳", family, "é", "한", "नि"]) {
    const pieces = chunkText(unit.repeat(200), limits);
    expect(pieces.length).toBeGreaterThan(1);
    for (const piece of pieces) expect(piece.replaceAll(unit, ""), unit).toBe("");
  }
});

test("a character without end is cut all the same, and half a character is none", () => {
  expect(chunkText(`a${"\u0301".repeat(500)}`, limits).length).toBeGreaterThan(1);
  expect(chunkText("x\ud83dy", limits)).toEqual(["x\ufffdy"]);
});

test("whatever the text: no piece is too long or empty, each is a part of it, and up to the bound nothing is left out", () => {
  const part = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 90 }),
    fc.constantFrom("。", ". ", "\n\n", "中文测试", "🇩🇪🇫🇷", " ", "word ".repeat(10)),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 40 }), fc.integer({ min: 20, max: 80 }), (parts, maxChars) => {
      const text = parts.join("").replace(/\p{Surrogate}/gu, "?");
      const pieces = cutText(text, { maxChars, overlapChars: 10, maxChunks: 10_000 });
      let covered = 0;
      for (const { from, to } of pieces) {
        expect(to - from).toBeLessThanOrEqual(maxChars);
        expect(text.slice(from, to).trim()).not.toBe("");
        // Between two pieces there is at most what nobody can see.
        expect(text.slice(covered, Math.max(covered, from)).trim()).toBe("");
        expect(to).toBeGreaterThan(covered);
        covered = to;
      }
      expect(text.slice(covered).trim()).toBe("");
      expect(chunkText(text, { maxChars, overlapChars: 10, maxChunks: 2 }).length).toBeLessThanOrEqual(2);
    }),
    { numRuns: 300 },
  );
});
