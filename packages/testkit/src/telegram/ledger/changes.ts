export interface WaitOptions {
  /** Real milliseconds, whatever clock the emulator runs on. Default 5000. */
  timeoutMs?: number;
  /** Named in the error. */
  describe?: string;
}

interface Waiter {
  check(): void;
  fail(error: Error): void;
}

/** Tells waiters that something happened. Nothing polls: a predicate is looked at when the state may have changed. */
export class Changes {
  readonly #waiters = new Set<Waiter>();
  #scheduled = false;

  /** Something changed. Several changes in one turn of the event loop are looked at once, when they are complete. */
  notify(): void {
    if (this.#scheduled || this.#waiters.size === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      for (const waiter of [...this.#waiters]) waiter.check();
    });
  }

  /**
   * Resolves with the first value of `predicate` that is not undefined, null or false. Rejects after `timeoutMs`,
   * with `picture()` (the rendered transcript) in the message, or when the predicate throws.
   */
  waitFor<T>(
    predicate: () => T | undefined | null | false,
    picture: () => string,
    { timeoutMs = 5000, describe = "the expected state" }: WaitOptions = {},
  ): Promise<T> {
    // Captured here, so that the error points at the test and not at a timer.
    const timeout = new Error(`timed out after ${timeoutMs} ms waiting for ${describe}`);
    return new Promise<T>((resolve, reject) => {
      const settle = (finish: () => void) => {
        this.#waiters.delete(waiter);
        clearTimeout(timer);
        finish();
      };
      const waiter: Waiter = {
        check: () => {
          try {
            const value = predicate();
            if (value === undefined || value === null || value === false) return;
            settle(() => resolve(value));
          } catch (error) {
            settle(() => reject(error));
          }
        },
        fail: (error) => settle(() => reject(error)),
      };
      const timer = setTimeout(() => {
        timeout.message += `\n\n${picture()}`;
        waiter.fail(timeout);
      }, timeoutMs);
      this.#waiters.add(waiter);
      waiter.check();
    });
  }

  /** Ends every wait: the emulator is closing. */
  close(): void {
    for (const waiter of [...this.#waiters]) waiter.fail(new Error("the Telegram emulator was closed"));
  }
}
