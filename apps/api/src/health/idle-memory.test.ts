import { createFakeClock } from "@steward/platform/clock";
import { createLogger, createRedactor } from "@steward/platform/logger";
import { expect, test } from "vitest";
import { giveBackIdleMemory } from "./idle-memory.ts";

test("memory is given back after the start and after each busy time, never while a turn runs", async () => {
  const clock = createFakeClock();
  let busy = false;
  const collected: number[] = [];
  const stop = giveBackIdleMemory({
    isBusy: () => busy,
    collect: () => collected.push(clock.monotonicMs()),
    clock,
    log: createLogger({ name: "test", level: "silent", redact: createRedactor([]) }),
  });
  const start = clock.monotonicMs();
  await clock.advance(1_000);
  expect(collected).toEqual([start + 1_000]);

  await clock.advance(3_600_000);
  expect(collected).toHaveLength(1);

  busy = true;
  await clock.advance(600_000);
  expect(collected).toHaveLength(1);
  busy = false;
  await clock.advance(600_000);
  expect(collected).toHaveLength(2);

  // A short turn counts as well, and the quiet begins with its end.
  await clock.advance(21_000);
  busy = true;
  await clock.advance(10_000);
  busy = false;
  await clock.advance(50_000);
  expect(collected).toHaveLength(2);
  await clock.advance(20_000);
  expect(collected).toHaveLength(3);

  busy = true;
  await clock.advance(60_000);
  stop();
  busy = false;
  await clock.advance(600_000);
  expect(collected).toHaveLength(3);
});
