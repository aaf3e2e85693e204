import type { Clock } from "@steward/platform/clock";

/** Resolves when `work` is settled, however that ends, or after `ms`, whichever comes first. `work` goes on. */
export function settledWithin(
  clock: Pick<Clock, "setTimer">,
  ms: number,
  work: Promise<unknown> | undefined,
): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.setTimer(ms, resolve);
    const done = (): void => {
      timer.cancel();
      resolve();
    };
    Promise.resolve(work).then(done, done);
  });
}
