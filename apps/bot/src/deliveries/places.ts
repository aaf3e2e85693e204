/** So many at the same time, the others in the order they came. */
export interface Places {
  /** Resolves with how to give the place back; rejects with the signal's reason when it aborts first. */
  take(signal: AbortSignal): Promise<() => void>;
}

export function createPlaces(count: number): Places {
  const waiting: (() => void)[] = [];
  let free = count;
  const giveBack = (): void => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
  return {
    take: async (signal) => {
      signal.throwIfAborted();
      if (free > 0) free -= 1;
      else {
        await new Promise<void>((resolve, reject) => {
          const withdraw = (): void => {
            waiting.splice(waiting.indexOf(go), 1);
            reject(signal.reason as Error);
          };
          const go = (): void => {
            signal.removeEventListener("abort", withdraw);
            resolve();
          };
          signal.addEventListener("abort", withdraw, { once: true });
          waiting.push(go);
        });
      }
      let isHeld = true;
      return () => {
        if (isHeld) giveBack();
        isHeld = false;
      };
    },
  };
}
