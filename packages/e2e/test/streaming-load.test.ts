import { expect, test } from "vitest";
import { quantile } from "../bench/statistics.ts";
import { measureStreamingLoad } from "../src/load/streaming-load.ts";

/**
 * The budgets of DESIGN §12 for 100 concurrent streaming turns, at a size that fits the ordinary run; `pnpm bench load`
 * does it with a hundred.
 */
test("40 chats that stream at once stay within the memory and latency of a hundred", async () => {
  const figures = await measureStreamingLoad({ chats: 40, pieces: 40, everyMs: 100 });
  expect(figures.processes).toBe(40);
  // Every piece counts, also those from when turns were beginning and ending; and for most of the time all streamed.
  expect(figures.throughApiMs).toHaveLength(40 * 40);
  expect(figures.directMs).toHaveLength(40 * 40);
  expect(figures.steady.throughApiMs.length).toBeGreaterThan(40 * 20);
  expect(figures.apiPeakMb).toBeLessThanOrEqual(250);
  const addedP95Ms = quantile(figures.throughApiMs, 0.95) - quantile(figures.directMs, 0.95);
  expect(addedP95Ms).toBeLessThanOrEqual(50);
}, 180_000);
