import type { Clock } from "@steward/platform/clock";
import { NO_END } from "./describe-hold.ts";
import type { HoldBook } from "./hold-book.ts";
import type { OpenHold } from "./hold-repository.ts";

export interface UsageLimit {
  /** The subscription refused a turn. `resetsAtMs`: until when, if it said so. */
  hit(resetsAtMs: number | undefined): OpenHold;
  /** A turn was answered: whatever there was is over. */
  answered(): void;
}

/** Clocks differ a little: asking in the very second of the reset would be refused once more. */
const AFTER_RESET_MS = 1_000;
const JITTER_MS = 4_000;
/** Without a time, or when the reset did not help: how long to wait before asking again. */
const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 3_600_000;
/** A refusal this soon after the end of the last hold continues it. */
const SAME_MS = 600_000;

/**
 * "Usage limit, resets at …": one hold over everything, because one login answers everything.
 *
 * Only a refused turn begins it. The CLI's event alone does not: a subscription with paid overage is "rejected" and
 * answers all the same.
 */
export const createUsageLimit = (deps: {
  book: HoldBook;
  clock: Clock;
  /** Between 0 and 1. */
  random: () => number;
}): UsageLimit => {
  const { book, clock } = deps;
  let last: { hold: OpenHold; until: number } | null = null;
  let pauseMs = FIRST_PAUSE_MS;

  return {
    hit: (resetsAtMs) => {
      const now = clock.now();
      const repeated = last !== null && now - last.until < SAME_MS ? last.hold : null;
      const isFuture = resetsAtMs !== undefined && resetsAtMs > now;
      // A reset that has just been waited for and did not help is as good as none.
      const isNews = isFuture && (repeated === null || resetsAtMs > now + SAME_MS);
      let until: number;
      if (isFuture) until = resetsAtMs + AFTER_RESET_MS + Math.round(deps.random() * JITTER_MS);
      else {
        until = now + pauseMs;
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      }
      const detail = isFuture ? "" : NO_END;
      const hold = book.place(
        { kind: "usage_limit", scope: "global", detail, until, by: "claude" },
        isNews ? null : repeated,
      );
      last = { hold, until };
      return hold;
    },
    answered: () => {
      last = null;
      pauseMs = FIRST_PAUSE_MS;
    },
  };
};
