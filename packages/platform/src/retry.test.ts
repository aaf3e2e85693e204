import { describe, expect, test } from "vitest";
import { createFakeClock } from "./clock.ts";
import { backoff, retry } from "./retry.ts";

describe("backoff", () => {
  test("doubles up to the ceiling", () => {
    const delay = backoff({ baseMs: 500, maxMs: 4_000, jitter: 0 });
    expect([1, 2, 3, 4, 5, 5_000].map(delay)).toEqual([500, 1_000, 2_000, 4_000, 4_000, 4_000]);
  });

  test("jitter only shortens, by at most its share", () => {
    const at = (random: number): number =>
      backoff({ baseMs: 1_000, maxMs: 9_000, jitter: 0.4, random: () => random })(1);
    expect([at(0), at(0.5), at(1)]).toEqual([1_000, 800, 600]);
  });
});

describe("retry", () => {
  const failing = (times: number): (() => Promise<string>) => {
    let calls = 0;
    return () => {
      calls += 1;
      return calls <= times
        ? Promise.reject(new Error(`failure ${calls}`))
        : Promise.resolve(`call ${calls}`);
    };
  };
  const wait = backoff({ baseMs: 100, maxMs: 1_000, jitter: 0 });

  test("waits between attempts and gives the first success", async () => {
    const clock = createFakeClock(0);
    const delays: number[] = [];
    const result = retry(failing(2), {
      attempts: 5,
      backoff: wait,
      clock,
      onRetry: (_error, _attempt, delayMs) => delays.push(delayMs),
    });
    await clock.advance(300);
    expect(await result).toBe("call 3");
    expect(delays).toEqual([100, 200]);
  });

  test("throws the last failure when the attempts are used up", async () => {
    const clock = createFakeClock();
    const result = retry(failing(9), { attempts: 3, backoff: wait, clock });
    const outcome = expect(result).rejects.toThrow("failure 3");
    await clock.advance(10_000);
    await outcome;
  });

  test("gives up at once on a failure judged hopeless", async () => {
    const result = retry(failing(9), {
      attempts: 9,
      backoff: wait,
      clock: createFakeClock(),
      judge: () => false,
    });
    await expect(result).rejects.toThrow("failure 1");
  });

  test("waits exactly as long as the judge says", async () => {
    const clock = createFakeClock(0);
    const result = retry(failing(1), { attempts: 2, backoff: wait, clock, judge: () => 7_777 });
    await clock.advance(7_776);
    expect(clock.pendingTimers()).toBe(1);
    await clock.advance(1);
    expect(await result).toBe("call 2");
  });

  test("an abort ends the wait", async () => {
    const stop = new AbortController();
    const clock = createFakeClock();
    const result = retry(failing(9), { attempts: 9, backoff: wait, clock, signal: stop.signal });
    const outcome = expect(result).rejects.toMatchObject({ name: "AbortError" });
    await clock.advance(1);
    stop.abort();
    await outcome;
  });
});
