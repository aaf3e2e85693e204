/** A place for one live CLI process. */
export interface Slot {
  release(): void;
}

export interface SlotPool {
  readonly used: number;
  readonly max: number;
  readonly waiting: number;
  /** First come, first served. Rejects with the signal's reason when it aborts while waiting. */
  acquire(signal: AbortSignal): Promise<Slot>;
}

/**
 * Limits how many CLI processes live at once. A chat that waits here holds no slot; when nothing is free, `onFull` is
 * asked to make room (suspend the least recently used ready session), which releases a slot later.
 */
export const createSlotPool = (options: { max: number; onFull: () => void }): SlotPool => {
  const queue: { grant: (slot: Slot) => void }[] = [];
  let used = 0;

  const makeSlot = (): Slot => {
    used += 1;
    let held = true;
    return {
      release: () => {
        if (!held) return;
        held = false;
        used -= 1;
        if (used < options.max) queue.shift()?.grant(makeSlot());
      },
    };
  };

  return {
    max: options.max,
    get used() {
      return used;
    },
    get waiting() {
      return queue.length;
    },
    acquire: (signal) => {
      if (signal.aborted) return Promise.reject(signal.reason as Error);
      if (used < options.max && queue.length === 0) return Promise.resolve(makeSlot());
      return new Promise((resolve, reject) => {
        const entry = {
          grant: (slot: Slot) => {
            signal.removeEventListener("abort", withdraw);
            resolve(slot);
          },
        };
        const withdraw = () => {
          queue.splice(queue.indexOf(entry), 1);
          reject(signal.reason as Error);
        };
        signal.addEventListener("abort", withdraw, { once: true });
        queue.push(entry);
        options.onFull();
      });
    },
  };
};
