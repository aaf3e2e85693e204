/** How much fits in, and in what time an empty one is full again. */
export interface BucketSize {
  capacity: number;
  perMs: number;
}

/**
 * A token bucket: `capacity` at once, then as many per `perMs`. Times are monotonic milliseconds, handed in, so that
 * nothing runs while nobody asks.
 */
export class TokenBucket {
  #level: number;
  #atMs: number;

  constructor({ capacity }: BucketSize, nowMs: number) {
    this.#level = capacity;
    this.#atMs = nowMs;
  }

  /** Milliseconds until there is one to take; 0 = now. Takes nothing. */
  waitMs(size: BucketSize, nowMs: number): number {
    this.#regain(size, nowMs);
    const { capacity, perMs } = size;
    return this.#level >= 1 ? 0 : ((1 - this.#level) * perMs) / capacity;
  }

  /** Whole milliseconds until it is full; 0 = it is. */
  fullInMs(size: BucketSize, nowMs: number): number {
    this.#regain(size, nowMs);
    return Math.floor(((size.capacity - this.#level) * size.perMs) / size.capacity);
  }

  /** Only after `waitMs` has said 0. */
  take(): void {
    this.#level -= 1;
  }

  #regain({ capacity, perMs }: BucketSize, nowMs: number): void {
    const regained = ((nowMs - this.#atMs) * capacity) / perMs;
    // A size that was changed meanwhile holds at once.
    this.#level = Math.min(capacity, this.#level + regained);
    this.#atMs = nowMs;
  }

  /** What was taken for nothing. */
  giveBack(): void {
    this.#level += 1;
  }
}
