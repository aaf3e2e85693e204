import { expect, test } from "vitest";
import { formatBytes, formatDuration } from "./units.ts";

test.each([
  [40, "0.0 s"],
  [340, "0.3 s"],
  [9_940, "9.9 s"],
  [42_400, "42 s"],
  [5 * 60_000, "5 min"],
  [3 * 3_600_000, "3 h"],
  [72 * 3_600_000, "3 d"],
])("%i ms are %s", (ms, shown) => {
  expect(formatDuration(ms)).toBe(shown);
});

test.each([
  [0, "0 B"],
  [1_023, "1023 B"],
  [1_536, "1.5 kB"],
  [24 * 1_073_741_824, "24 GB"],
])("%i bytes are %s", (bytes, shown) => {
  expect(formatBytes(bytes)).toBe(shown);
});
