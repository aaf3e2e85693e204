import { expect, test } from "vitest";
import { delayBeforeRestart } from "./restart-policy.mjs";

const SECOND = 1_000;

test("the wait doubles from one second and stays at thirty", () => {
  const crashes: number[] = [];
  const delays: (number | undefined)[] = [];
  for (let at = 0; delays.length < 7; at += SECOND) {
    crashes.push(at);
    delays.push(delayBeforeRestart(crashes));
  }
  expect(delays).toEqual([1, 2, 4, 8, 16, 30, 30].map((seconds) => seconds * SECOND));
});

test("the eighth crash within two minutes is the last", () => {
  expect(delayBeforeRestart([0, 1, 2, 3, 4, 5, 6, 119].map((at) => at * SECOND))).toBeUndefined();
  expect(delayBeforeRestart([0, 1, 2, 3, 4, 5, 6, 120].map((at) => at * SECOND))).toBe(30 * SECOND);
});

test("a program that ran well for two minutes starts afresh", () => {
  expect(delayBeforeRestart([0, 1, 2, 200].map((at) => at * SECOND))).toBe(1 * SECOND);
});
