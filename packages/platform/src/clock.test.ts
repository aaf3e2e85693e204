import { describe, expect, test } from "vitest";
import { type Clock, createFakeClock, createSystemClock } from "./clock.ts";

describe("fake clock", () => {
  test("runs due timers in order of time, then of creation", async () => {
    const clock = createFakeClock();
    const seen: string[] = [];
    clock.setTimer(20, () => seen.push("b"));
    clock.setTimer(10, () => seen.push("a1"));
    clock.setTimer(10, () => seen.push("a2"));
    clock.setTimer(21, () => seen.push("late"));
    await clock.advance(20);
    expect(seen).toEqual(["a1", "a2", "b"]);
    expect(clock.pendingTimers()).toBe(1);
  });

  test("follows a chain of sleeps within one advance, each waking at its own time", async () => {
    const clock = createFakeClock(1_000);
    const wokeAt: number[] = [];
    const chain = (async () => {
      for (let step = 0; step < 3; step++) {
        await clock.sleep(5);
        await Promise.resolve();
        wokeAt.push(clock.now());
      }
    })();
    await clock.advance(100);
    await chain;
    expect(wokeAt).toEqual([1_005, 1_010, 1_015]);
    expect(clock.now()).toBe(1_100);
  });

  test("runs promise continuations between two timers", async () => {
    const clock = createFakeClock();
    const seen: string[] = [];
    clock.setTimer(1, () => void Promise.resolve().then(() => seen.push("continuation of 1")));
    clock.setTimer(2, () => seen.push("timer 2"));
    await clock.advance(2);
    expect(seen).toEqual(["continuation of 1", "timer 2"]);
  });

  test("a cancelled timer does not run, also when cancelled by an earlier one", async () => {
    const clock = createFakeClock();
    let ran = false;
    const second = clock.setTimer(2, () => {
      ran = true;
    });
    clock.setTimer(1, () => second.cancel());
    await clock.advance(5);
    expect(ran).toBe(false);
  });

  test("a wall clock step moves neither timers nor the monotonic clock", async () => {
    const clock = createFakeClock(0);
    let ran = false;
    clock.setTimer(10, () => {
      ran = true;
    });
    clock.stepWallClock(86_400_000);
    await clock.advance(9);
    expect([ran, clock.now(), clock.monotonicMs()]).toEqual([false, 86_400_009, 9]);
    await clock.advance(1);
    expect(ran).toBe(true);
  });
});

describe.each<[string, () => Clock]>([
  ["fake clock", () => createFakeClock()],
  ["system clock", createSystemClock],
])("sleep of the %s", (_name, create) => {
  test("rejects with AbortError when aborted while asleep, keeping the reason as cause", async () => {
    const stop = new AbortController();
    const sleeping = create().sleep(60_000, stop.signal);
    const reason = new Error("shutting down");
    stop.abort(reason);
    await expect(sleeping).rejects.toMatchObject({ name: "AbortError", cause: reason });
  });

  test("rejects at once when the signal is aborted already", async () => {
    await expect(create().sleep(60_000, AbortSignal.abort())).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("system clock", () => {
  test("sleeps for about as long as asked on the monotonic clock", async () => {
    const clock = createSystemClock();
    const startMs = clock.monotonicMs();
    await clock.sleep(20);
    expect(clock.monotonicMs() - startMs).toBeGreaterThanOrEqual(19);
  });

  test("a delay beyond Node's 32-bit limit does not fire at once", async () => {
    const clock = createSystemClock();
    let fired = false;
    const timer = clock.setTimer(2 ** 31 + 1_000, () => {
      fired = true;
    });
    await clock.sleep(15);
    timer.cancel();
    expect(fired).toBe(false);
  });
});
