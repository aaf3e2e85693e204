import type { Timer } from "./clock.ts";

/** `Clock.sleep` in terms of `Clock.setTimer`; shared by the real and the fake clock. */
export function sleepWith(
  setTimer: (ms: number, fn: () => void) => Timer,
  ms: number,
  signal?: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(createAbortError(signal));
      return;
    }
    const onAbort = (): void => {
      timer.cancel();
      reject(createAbortError(signal));
    };
    const timer = setTimer(ms, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

/** One error name for every abort, whatever reason the signal carries (the reason is kept as `cause`). */
export function createAbortError(signal?: AbortSignal): DOMException {
  const reason: unknown = signal?.reason;
  return new DOMException("The operation was aborted", { name: "AbortError", cause: reason });
}
