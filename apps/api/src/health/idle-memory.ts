import type { Clock } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";

/** Quiet for so long: the next message of a lively chat does not meet a collection. */
const QUIET_MS = 60_000;
/** A turn that is over within so short a time leaves little behind. */
const LOOK_MS = 5_000;
/** What the start left behind goes at once. */
const AFTER_START_MS = 1_000;

/**
 * Gives memory back to the system while nothing runs: V8 keeps the pages of a busy hour, and those of the start, until it
 * needs them (136 MB; 102 MB when they are given back). Once after the start, then once after each time that something was
 * seen to run and a minute of quiet followed. It takes some 50 ms, in which nothing is answered.
 *
 * @param deps.isBusy whether a turn runs or waits
 * @param deps.collect ends with memory given back
 * @returns how to end it
 */
export function giveBackIdleMemory(deps: {
  isBusy: () => boolean;
  collect: () => void;
  clock: Pick<Clock, "monotonicMs" | "setTimer">;
  log: Logger;
}): () => void {
  const { clock, log } = deps;
  let hasRun = true;
  let quietSinceMs = Number.NEGATIVE_INFINITY;
  let stopped = false;
  const look = (afterMs: number): void => {
    clock.setTimer(
      afterMs,
      () => {
        if (stopped) return;
        if (deps.isBusy()) {
          hasRun = true;
          quietSinceMs = clock.monotonicMs();
        } else if (hasRun && clock.monotonicMs() - quietSinceMs >= QUIET_MS) {
          hasRun = false;
          const since = clock.monotonicMs();
          deps.collect();
          log.debug({ ms: Math.round(clock.monotonicMs() - since) }, "idle memory given back");
        }
        look(LOOK_MS);
      },
      { unref: true },
    );
  };
  look(AFTER_START_MS);
  return () => {
    stopped = true;
  };
}

/** V8's most thorough collection. `null` where the program was started without `--expose-gc`. */
export const thoroughCollection = (): (() => void) | null => {
  const { gc } = globalThis;
  return gc === undefined ? null : () => gc({ type: "major", flavor: "last-resort" });
};
