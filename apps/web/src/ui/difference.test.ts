import fc from "fast-check";
import { expect, test } from "vitest";
import { findDifference } from "./difference.ts";

test("two texts differ by words, in Chinese too", () => {
  expect(findDifference("drinks coffee black", "drinks tea black", "en")).toEqual([
    { text: "drinks ", is: "same" },
    { text: "coffee", is: "removed" },
    { text: "tea", is: "added" },
    { text: " black", is: "same" },
  ]);
  const parts = findDifference("她喜欢喝咖啡", "她喜欢喝绿茶", "zh");
  expect(parts[0]).toEqual({ text: "她喜欢喝", is: "same" });
});

const with_ = (parts: ReturnType<typeof findDifference>, is: "added" | "removed"): string =>
  parts
    .filter((part) => part.is === "same" || part.is === is)
    .map(({ text }) => text.replaceAll(/\s+/g, ""))
    .join("");

test("nothing of the new text is missing, nor of the old one, but for spaces", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 60 });
  fc.assert(
    fc.property(text, text, (before, after) => {
      const parts = findDifference(before, after, "en");
      expect(with_(parts, "added")).toBe(after.replaceAll(/\s+/g, ""));
      expect(with_(parts, "removed")).toBe(before.replaceAll(/\s+/g, ""));
    }),
  );
});

test("texts of the greatest length with nothing in common take no time to speak of", () => {
  const words = (from: number): string => Array.from({ length: 2_000 }, (_, i) => `w${from + i}`).join(" ");
  const started = performance.now();
  const parts = findDifference(words(0), words(10_000), "en");
  expect(parts.some(({ is }) => is === "added")).toBe(true);
  expect(performance.now() - started).toBeLessThan(2_000);
});
