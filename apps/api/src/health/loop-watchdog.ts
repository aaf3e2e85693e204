import type { Clock } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";

const LOOK_EVERY_MS = 500;
/** Shorter ones are the daily work of a busy machine. */
const WORTH_TELLING_MS = 1_000;

/**
 * Says in the log how long the event loop was blocked: nothing was answered, read or timed meanwhile (fault matrix row
 * 6). Turns are safe from it: they are held by the instance lock and a fence, not by a lease that runs out.
 *
 * @returns how to end it
 */
export const watchLoop = (deps: {
  clock: Pick<Clock, "monotonicMs" | "setTimer">;
  log: Logger;
}): (() => void) => {
  let stopped = false;
  const look = (): void => {
    const since = deps.clock.monotonicMs();
    deps.clock.setTimer(
      LOOK_EVERY_MS,
      () => {
        if (stopped) return;
        const blockedMs = Math.round(deps.clock.monotonicMs() - since - LOOK_EVERY_MS);
        if (blockedMs >= WORTH_TELLING_MS)
          deps.log.warn({ blockedMs }, `event loop blocked for ${blockedMs} ms`);
        look();
      },
      { unref: true },
    );
  };
  look();
  return () => {
    stopped = true;
  };
};
