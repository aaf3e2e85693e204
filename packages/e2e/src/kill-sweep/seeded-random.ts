/** Choices that come out the same for the same seed. */
export interface SeededRandom {
  /** Uniform in [0, 1). */
  next(): number;
  /** A whole number in [0, below). */
  below(below: number): number;
  pick<T>(items: readonly [T, ...T[]]): T;
}

/** Park–Miller's minimal standard generator (Communications of the ACM 31, 1988): small, and even enough for choices. */
export const createSeededRandom = (seed: number): SeededRandom => {
  let state = (seed % 2_147_483_646) + 1;
  const next = (): number => {
    state = (state * 48_271) % 2_147_483_647;
    return (state - 1) / 2_147_483_646;
  };
  // The first values of neighbouring seeds are close to each other.
  for (let skipped = 0; skipped < 5; skipped += 1) next();
  const below = (limit: number): number => Math.floor(next() * limit);
  return { next, below, pick: (items) => items[below(items.length)] ?? items[0] };
};
