/** First pause between two edits of a growing message; edits in groups share 20 calls a minute with everybody. */
const PRIVATE_START_MS = 1000;
const GROUP_START_MS = 3000;
const CEILING_MS = 5000;
const GROWTH = 1.5;
/** The longer an answer takes, the less each single edit matters. */
const AGE_STEP_MS = 15_000;

/**
 * How long to wait between two edits of one message: 1 s (3 s in groups), half as long again for every 15 s of the
 * message's age and for every recent 429 in its chat, at most 5 s.
 */
export function editIntervalMs(facts: { isGroup: boolean; ageMs: number; recentFloods: number }): number {
  const steps = Math.floor(Math.max(facts.ageMs, 0) / AGE_STEP_MS) + facts.recentFloods;
  const start = facts.isGroup ? GROUP_START_MS : PRIVATE_START_MS;
  return Math.min(start * GROWTH ** Math.min(steps, 10), CEILING_MS);
}
