import type { Clock } from "@steward/platform/clock";

/**
 * Work that follows from an answer, done a moment after it: whoever gets the answer tells a person that their message is
 * safe, and on a small machine the two would share a processor. Nobody can see that it is late: whatever asks the API
 * for anything else finds it done.
 */
export interface HeadStart {
  /** Runs the work soon, in the order given. It must not throw. */
  behind(work: () => void): void;
  /** Runs now what still waits. */
  over(): void;
}

/** An answer's way to the bot, and the reaction's from there to Telegram's door (`pnpm bench telegram`: 1 to 2 ms). */
const HEAD_START_MS = 3;

export const createHeadStart = (clock: Pick<Clock, "setTimer">): HeadStart => {
  let waiting: (() => void)[] = [];
  const over = () => {
    const due = waiting;
    waiting = [];
    for (const work of due) work();
  };
  return {
    behind: (work) => {
      if (waiting.push(work) === 1) clock.setTimer(HEAD_START_MS, over);
    },
    over,
  };
};
