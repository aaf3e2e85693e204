/** Tommy Ettinger's mulberry32: small, and the same numbers in every run of one seed. */
export const createRandom = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
};

/** As words are spread over texts: the first of `count` often, the last hardly ever. */
export const zipf = (random: () => number, count: number): number =>
  Math.min(count - 1, Math.floor(count ** random()) - 1);
