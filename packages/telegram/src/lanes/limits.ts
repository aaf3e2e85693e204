/**
 * Telegram's published limits: about 1 message per second in one chat (short bursts allowed), 20 per minute in a group,
 * about 30 per second in all. Edits count like messages. (core.telegram.org/bots/faq, "My bot is hitting limits")
 */
export interface LaneLimits {
  chatIntervalMs: number;
  chatBurst: number;
  groupLimit: number;
  groupWindowMs: number;
  globalLimit: number;
  globalWindowMs: number;
  /** What progress must leave free, so that a final answer never waits for it: in a chat, in a group, overall. */
  chatReserve: number;
  groupReserve: number;
  globalReserve: number;
  /** A call that cannot start within this time is handed back to the caller. */
  maxWaitMs: number;
  /** Wait after a 429 that does not say how long. */
  unknownRetryAfterMs: number;
}

export const TELEGRAM_LIMITS: Readonly<LaneLimits> = {
  // A little slower than the limit: calls sent a second apart may arrive closer than that.
  chatIntervalMs: 1050,
  chatBurst: 3,
  groupLimit: 20,
  groupWindowMs: 60_000,
  globalLimit: 30,
  globalWindowMs: 1000,
  chatReserve: 1,
  groupReserve: 4,
  globalReserve: 5,
  maxWaitMs: 60_000,
  unknownRetryAfterMs: 5000,
};
