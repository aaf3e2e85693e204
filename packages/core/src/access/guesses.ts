import { DomainError } from "@steward/contract/errors";
import type { Clock } from "@steward/platform/clock";
import { type BucketSize, TokenBucket } from "../limits/token-bucket.ts";

/** A person mistypes a few times; a link is not typed at all. */
const PER_STRANGER: BucketSize = { capacity: 5, perMs: 3_600_000 };
/** However many accounts they come from. */
const PER_BOT: BucketSize = { capacity: 60, perMs: 3_600_000 };
/** Beyond it the oldest are forgotten; the bot's own count still holds. */
const MOST_REMEMBERED = 2_000;

/** Counts invitations that do not exist, per stranger and per bot. A restart forgets them. */
export interface Guesses {
  /** Throws invitation_guesses when there have been too many. */
  assertFew(botId: string, userId: string): void;
  wrong(botId: string, userId: string): void;
}

export const createGuesses = (clock: Pick<Clock, "monotonicMs">): Guesses => {
  const strangers = new Map<string, TokenBucket>();
  const bots = new Map<string, TokenBucket>();

  const bucketOf = (all: Map<string, TokenBucket>, key: string, size: BucketSize): TokenBucket => {
    const bucket = all.get(key) ?? new TokenBucket(size, clock.monotonicMs());
    all.delete(key);
    all.set(key, bucket);
    for (const oldest of all.keys()) {
      if (all.size <= MOST_REMEMBERED) break;
      all.delete(oldest);
    }
    return bucket;
  };
  const both = (botId: string, userId: string): [TokenBucket, BucketSize][] => [
    [bucketOf(strangers, `${botId} ${userId}`, PER_STRANGER), PER_STRANGER],
    [bucketOf(bots, botId, PER_BOT), PER_BOT],
  ];

  return {
    assertFew: (botId, userId) => {
      const waits = both(botId, userId).map(([bucket, size]) => bucket.waitMs(size, clock.monotonicMs()));
      const waitMs = Math.max(...waits);
      if (waitMs <= 0) return;
      throw new DomainError("invitation_guesses", "Too many invitations that do not exist", {
        params: { minutes: Math.ceil(waitMs / 60_000) },
      });
    },
    wrong: (botId, userId) => {
      for (const [bucket] of both(botId, userId)) bucket.take();
    },
  };
};
