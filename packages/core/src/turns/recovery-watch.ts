import type { Clock, Timer } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";

/** How often it is checked that every turn is in somebody's hands. */
export const RECOVERY_SWEEP_MS = 30_000;

/** Runs `sweep` every 30 s on the monotonic clock, until it is stopped. One that fails is logged and tried again. */
export const createRecoveryWatch = (deps: {
  sweep: () => void;
  clock: Clock;
  log: Logger;
}): { start(): void; stop(): void } => {
  let timer: Timer | null = null;
  const arm = (): void => {
    timer = deps.clock.setTimer(RECOVERY_SWEEP_MS, run, { unref: true });
  };
  const run = (): void => {
    arm();
    try {
      deps.sweep();
    } catch (error) {
      deps.log.error({ err: error }, "recovery sweep failed");
    }
  };
  return {
    start: arm,
    stop: () => timer?.cancel(),
  };
};
