/** How many calls may start, and when. All times are monotonic milliseconds. */
export interface Budget {
  /**
   * The earliest time at which `cost` calls may start with `reserve` further ones still free behind them. What could
   * never fit is treated as if it just fitted, so that an album larger than the burst waits instead of starving.
   */
  readyAtMs(nowMs: number, cost: number, reserve?: number): number;
  spend(nowMs: number, cost: number): void;
  /** Nothing is remembered any more: a new budget would behave the same. */
  isFull(nowMs: number): boolean;
}

/** A steady pace with a short burst (the generic cell rate algorithm: one number, no rounding drift). */
export function createPace({ intervalMs, burst }: { intervalMs: number; burst: number }): Budget {
  /** When the budget will be full again. */
  let fullAtMs = Number.NEGATIVE_INFINITY;
  return {
    readyAtMs: (_nowMs, cost, reserve = 0) =>
      fullAtMs - (burst - Math.min(cost + reserve, burst)) * intervalMs,
    spend(nowMs, cost) {
      fullAtMs = Math.max(fullAtMs, nowMs) + cost * intervalMs;
    },
    isFull: (nowMs) => fullAtMs <= nowMs,
  };
}

/** At most `limit` calls in any stretch of `windowMs`. */
export function createWindow({ limit, windowMs }: { limit: number; windowMs: number }): Budget {
  /** Start times, oldest first. */
  let spent: number[] = [];
  const forget = (nowMs: number): void => {
    const first = spent.findIndex((at) => at + windowMs > nowMs);
    spent = first === -1 ? [] : spent.slice(first);
  };
  return {
    readyAtMs(nowMs, cost, reserve = 0) {
      forget(nowMs);
      const tooMany = spent.length + Math.min(cost + reserve, limit) - limit;
      const blocking = spent[tooMany - 1];
      return blocking === undefined ? Number.NEGATIVE_INFINITY : blocking + windowMs;
    },
    spend(nowMs, cost) {
      forget(nowMs);
      for (let i = 0; i < cost; i++) spent.push(nowMs);
    },
    isFull(nowMs) {
      forget(nowMs);
      return spent.length === 0;
    },
  };
}
