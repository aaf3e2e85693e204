import type { Clock } from "./clock.ts";

export interface BackoffOptions {
  /** Delay after the first failure. */
  baseMs: number;
  /** Ceiling of every delay. */
  maxMs: number;
  /** Share of each delay that is random: 0 none, 1 anything between nothing and the whole delay. Default 0.5. */
  jitter?: number;
  /** Uniform in [0, 1). Default `Math.random`. */
  random?: () => number;
}

/** Milliseconds to wait after failed attempt number `attempt` (from 1). */
export type Backoff = (attempt: number) => number;

/** Doubling delays with a ceiling; jitter takes away from the delay, never adds to it. */
export function backoff({ baseMs, maxMs, jitter = 0.5, random = Math.random }: BackoffOptions): Backoff {
  return (attempt) => {
    // 2 ** 1024 is Infinity, which the ceiling takes in as well.
    const fullMs = Math.min(baseMs * 2 ** (Math.max(attempt, 1) - 1), maxMs);
    return Math.round(fullMs * (1 - jitter * random()));
  };
}

export interface RetryOptions {
  /** How often to try in all; at least 1. */
  attempts: number;
  backoff: Backoff;
  clock: Pick<Clock, "sleep">;
  signal?: AbortSignal;
  /**
   * Judges a failure: `false` gives up at once, a number waits exactly so many milliseconds (a `retry-after`), `true`
   * waits as `backoff` says. Default: everything is worth another try.
   */
  judge?: (error: unknown, attempt: number) => boolean | number;
  onRetry?: (error: unknown, attempt: number, delayMs: number) => void;
}

/**
 * Calls `fn` until it resolves, at most `attempts` times.
 *
 * @throws the last failure of `fn`; `AbortError` when `signal` aborts during a wait.
 */
export async function retry<Value>(
  fn: (attempt: number) => Promise<Value>,
  options: RetryOptions,
): Promise<Value> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await fn(attempt);
    } catch (error) {
      const verdict = options.judge?.(error, attempt) ?? true;
      if (attempt >= options.attempts || verdict === false || options.signal?.aborted === true) throw error;
      const delayMs = typeof verdict === "number" ? verdict : options.backoff(attempt);
      options.onRetry?.(error, attempt, delayMs);
      await options.clock.sleep(delayMs, options.signal);
    }
  }
}
