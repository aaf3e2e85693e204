import type { Clock, Timer } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";

/** How often it is checked that every turn is in somebody's hands, while there are any. */
const SWEEP_MS = 30_000;
/** While there are none. */
const IDLE_SWEEP_MS = 600_000;

/** Looks after turns on the monotonic clock, until it is stopped. A look that fails is logged and repeated. */
export interface RecoveryWatch {
  start(): void;
  /** A turn has come: it is looked after within 30 s. */
  turnCame(): void;
  stop(): void;
}

/** `sweep` answers whether any turn is open. */
export const createRecoveryWatch = (deps: {
  sweep: () => boolean;
  clock: Clock;
  log: Logger;
}): RecoveryWatch => {
  let timer: Timer | null = null;
  let isIdle = false;
  const arm = (): void => {
    timer = deps.clock.setTimer(isIdle ? IDLE_SWEEP_MS : SWEEP_MS, run, { unref: true });
  };
  const run = (): void => {
    try {
      isIdle = !deps.sweep();
    } catch (error) {
      isIdle = false;
      deps.log.error({ err: error }, "recovery sweep failed");
    }
    arm();
  };
  return {
    start: arm,
    turnCame: () => {
      if (!isIdle || !timer) return;
      isIdle = false;
      timer.cancel();
      arm();
    },
    stop: () => {
      timer?.cancel();
      timer = null;
    },
  };
};
