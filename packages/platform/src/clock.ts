import { sleepWith } from "./sleep.ts";

export { createFakeClock, type FakeClock } from "./fake-clock.ts";

/** A timer that has been set. Cancelling one that already fired is allowed and does nothing. */
export interface Timer {
  cancel(): void;
}

export interface TimerOptions {
  /** Do not keep the process alive for this timer alone. Default false. */
  unref?: boolean;
}

/**
 * Time as the house sees it. Everything that waits, measures or stamps takes a Clock.
 *
 * - `now()` is wall-clock time and may jump; use it for what is stored or shown, never for a timeout.
 * - `monotonicMs()` never goes back; its zero is arbitrary. Timers and sleeps follow it.
 */
export interface Clock {
  /** Wall clock, UTC milliseconds since the epoch. */
  now(): number;
  /** Monotonic milliseconds, fractional. */
  monotonicMs(): number;
  /** Runs `fn` once after `ms` monotonic milliseconds (any length; 0 or less means as soon as possible). */
  setTimer(ms: number, fn: () => void, options?: TimerOptions): Timer;
  /** Resolves after `ms`; rejects with an `AbortError` as soon as `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Above this Node fires at once: its timers hold the delay in a signed 32-bit integer. */
const LONGEST_NODE_TIMEOUT_MS = 2 ** 31 - 1;

/** The real clock. Node's timers run on the event loop's monotonic time, so clock steps do not move them. */
export function createSystemClock(): Clock {
  const setTimer = (ms: number, fn: () => void, options: TimerOptions = {}): Timer => {
    let handle: NodeJS.Timeout;
    const arm = (remainingMs: number): void => {
      const stepMs = Math.min(Math.max(remainingMs, 0), LONGEST_NODE_TIMEOUT_MS);
      handle = setTimeout(() => (remainingMs > stepMs ? arm(remainingMs - stepMs) : fn()), stepMs);
      if (options.unref === true) handle.unref();
    };
    arm(ms);
    return { cancel: () => clearTimeout(handle) };
  };
  return {
    now: () => Date.now(),
    monotonicMs: () => performance.now(),
    setTimer,
    sleep: (ms, signal) => sleepWith(setTimer, ms, signal),
  };
}
