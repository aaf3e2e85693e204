import type { Clock } from "@steward/platform/clock";

/** Failures that are told as such in any minute, however they were made; more of them are answered 429. */
const FAILURES_PER_MINUTE = 20;
const MINUTE_MS = 60_000;

/** Counts wrong tokens and codes together, whatever address they come from (threat T9). */
export interface FailureLimit {
  /** Notes one more. False: there have been too many. */
  note(): boolean;
}

export function createFailureLimit(clock: Pick<Clock, "monotonicMs">): FailureLimit {
  let allowance = FAILURES_PER_MINUTE;
  let countedAt = clock.monotonicMs();
  return {
    note: () => {
      const now = clock.monotonicMs();
      const regained = ((now - countedAt) / MINUTE_MS) * FAILURES_PER_MINUTE;
      allowance = Math.min(FAILURES_PER_MINUTE, allowance + regained);
      countedAt = now;
      if (allowance < 1) return false;
      allowance -= 1;
      return true;
    },
  };
}
