import { createFakeClock } from "@steward/platform/clock";
import { createMemoryLogger } from "@steward/platform/logger";
import { expect, test } from "vitest";
import { createBotLease } from "./bot-lease.ts";

const start = (answers: boolean[]) => {
  const clock = createFakeClock();
  const { log, lines } = createMemoryLogger();
  const asked: number[] = [];
  const steward = {
    lease: (_holder: string, forMs: number) => {
      asked.push(forMs);
      return Promise.resolve(answers.shift() ?? true);
    },
  };
  const lease = createBotLease({ steward, holder: "me", clock, log });
  return { clock, lines, asked, lease };
};

test("the second of two waits, says so once, and goes on when the first is gone", async () => {
  const { clock, lines, asked, lease } = start([false, false, false, true]);
  let isTaken = false;
  const taking = lease
    .take(() => undefined, new AbortController().signal)
    .then(() => {
      isTaken = true;
    });
  await clock.advance(4_000);
  expect(isTaken).toBe(false);
  await clock.advance(2_000);
  await taking;
  expect(asked).toHaveLength(4);
  expect(lines.filter(({ msg }) => String(msg).includes("already serves this bot"))).toHaveLength(1);
});

test("a lease is renewed well before it ends, and one that is lost is told once", async () => {
  const { clock, asked, lease } = start([true, true, true, false]);
  let lost = 0;
  await lease.take(() => {
    lost += 1;
  }, new AbortController().signal);
  await clock.advance(20_000);
  expect([asked.length, lost]).toEqual([3, 0]);
  await clock.advance(60_000);
  expect([asked.length, lost]).toEqual([4, 1]);
});

test("what is given back is not asked for again", async () => {
  const { clock, asked, lease } = start([]);
  await lease.take(() => undefined, new AbortController().signal);
  await lease.giveBack();
  await lease.giveBack();
  await clock.advance(60_000);
  expect(asked).toEqual([30_000, 0]);
});
