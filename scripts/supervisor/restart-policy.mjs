const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 30_000;
const WINDOW_MS = 120_000;
const MOST_CRASHES_IN_WINDOW = 8;

/**
 * How long to wait before a crashed program is started again: 1 s, 2 s, 4 s … 30 s, counted over the crashes of the
 * last two minutes, so that a program that ran well for a while starts afresh.
 *
 * @param {readonly number[]} crashedAtMs monotonic times of all crashes so far, the latest last
 * @returns {number | undefined} milliseconds; undefined: it crashes again and again, give up
 */
export function delayBeforeRestart(crashedAtMs) {
  const latest = crashedAtMs.at(-1) ?? 0;
  const recent = crashedAtMs.filter((at) => latest - at < WINDOW_MS).length;
  if (recent >= MOST_CRASHES_IN_WINDOW) return undefined;
  return Math.min(FIRST_DELAY_MS * 2 ** (recent - 1), LONGEST_DELAY_MS);
}
