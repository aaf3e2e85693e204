import { expect, test } from "vitest";
import { editIntervalMs } from "./edit-interval.ts";

test("edits start at 1 s, in groups at 3 s, and thin out to 5 s as the message ages", () => {
  const at = (ageMs: number, isGroup: boolean) => editIntervalMs({ isGroup, ageMs, recentFloods: 0 });
  expect([0, 14_999, 15_000, 30_000, 45_000, 60_000, 3_600_000].map((age) => at(age, false))).toEqual([
    1000, 1000, 1500, 2250, 3375, 5000, 5000,
  ]);
  expect([0, 15_000, 30_000].map((age) => at(age, true))).toEqual([3000, 4500, 5000]);
});

test("each recent 429 counts as much as 15 s of age", () => {
  expect(editIntervalMs({ isGroup: false, ageMs: 0, recentFloods: 2 })).toBe(2250);
  expect(editIntervalMs({ isGroup: false, ageMs: 0, recentFloods: 1000 })).toBe(5000);
});
