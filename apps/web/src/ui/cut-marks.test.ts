import fc from "fast-check";
import { expect, test } from "vitest";
import { cutMarks } from "./cut-marks.ts";

test("marks cut a text into parts, in UTF-16 units", () => {
  expect(cutMarks("we drink 绿茶 at noon", [[9, 11]])).toEqual([
    { text: "we drink ", isMarked: false },
    { text: "绿茶", isMarked: true },
    { text: " at noon", isMarked: false },
  ]);
  expect(cutMarks("😀tea", [[2, 5]])).toEqual([
    { text: "😀", isMarked: false },
    { text: "tea", isMarked: true },
  ]);
  expect(cutMarks("", [[0, 3]])).toEqual([]);
});

test("whatever the marks are, no character is lost or doubled", () => {
  const marks = fc.array(fc.tuple(fc.integer({ min: -5, max: 60 }), fc.integer({ min: -5, max: 60 })));
  fc.assert(
    fc.property(fc.string({ maxLength: 50 }), marks, (text, given) => {
      const parts = cutMarks(text, given);
      expect(parts.map((part) => part.text).join("")).toBe(text);
      expect(parts.every((part) => part.text !== "")).toBe(true);
    }),
  );
});
