import type { Clock, Timer } from "@steward/platform/clock";

export interface Coalescer<Item> {
  push(item: Item): void;
  /** Sends what is held back. */
  flush(): void;
  /** Drops what is held back. */
  stop(): void;
}

export interface CoalescerOptions<Item> {
  clock: Clock;
  /** While items come faster than this, they are held back and joined. */
  windowMs: number;
  /** What can be joined with its like, by the name of its stream; null = goes out as it is, after all that waits. */
  streamOf(item: Item): string | null;
  /** Two items of one stream as one with the same effect; null when they cannot be joined. */
  join(first: Item, second: Item): Item | null;
  emit(item: Item): void;
}

/**
 * Joins items that come in quick succession. The first one after a pause goes out at once, so that coalescing costs
 * the first word nothing; the order of everything that is sent is kept.
 */
export function createCoalescer<Item>(options: CoalescerOptions<Item>): Coalescer<Item> {
  const { clock, windowMs, streamOf, join, emit } = options;
  let held = new Map<string, Item>();
  let window: Timer | null = null;

  const flush = (): void => {
    const items = held;
    held = new Map();
    for (const item of items.values()) emit(item);
  };
  const openWindow = (): void => {
    window = clock.setTimer(windowMs, () => {
      window = null;
      if (held.size === 0) return;
      flush();
      openWindow();
    });
  };

  return {
    push: (item) => {
      const stream = streamOf(item);
      if (stream === null) {
        flush();
        emit(item);
        return;
      }
      if (window === null) {
        emit(item);
        openWindow();
        return;
      }
      const waiting = held.get(stream);
      const joined = waiting === undefined ? item : join(waiting, item);
      if (joined === null) flush();
      held.set(stream, joined ?? item);
    },
    flush,
    stop: () => {
      window?.cancel();
      held = new Map();
    },
  };
}
