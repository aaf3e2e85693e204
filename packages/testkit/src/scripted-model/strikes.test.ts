import { expect, test } from "vitest";
import { createStrikes } from "./strikes.ts";

test("strikes as often as told, spares one, and then begins anew; each place on its own", () => {
  const strikes = createStrikes();
  expect([1, 2, 3, 4].map(() => strikes.count("a", 2))).toEqual([true, true, false, true]);
  expect(strikes.count("b", 1)).toBe(true);
  strikes.reset();
  expect(strikes.count("b", 1)).toBe(true);
  expect(strikes.count("c", Number.POSITIVE_INFINITY)).toBe(true);
});
