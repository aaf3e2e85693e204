import { expect, test } from "vitest";
import { startOfDay } from "./days.ts";

test("a day begins at midnight here, and the one after it where the next begins", () => {
  expect(startOfDay("2026-11-22")).toBe(new Date(2026, 10, 22).getTime());
  expect(startOfDay("2026-12-31", 1)).toBe(new Date(2027, 0, 1).getTime());
});

test.each([undefined, "", "yesterday", "2026-02-30", "2026-13-01", "22.11.2026", "1960-01-01"])(
  "%s is no day that can be asked for",
  (day) => {
    expect(startOfDay(day)).toBeNull();
  },
);
