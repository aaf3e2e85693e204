/** Named points at which a stream waits until the test lets it go on. */
export interface Gates {
  /** Waits at `name`; passes at once when it was released before. Rejects when `signal` aborts. */
  pass(name: string, signal: AbortSignal): Promise<void>;
  /** Opens `name` for those who wait and for all who come later. */
  release(name: string): void;
  /** Resolves as soon as somebody waits at `name`. */
  held(name: string): Promise<void>;
  /** Forgets which gates are open. */
  reset(): void;
}

export function createGates(): Gates {
  const open = new Set<string>();
  const waiting = new Map<string, Set<() => void>>();
  const watchers = new Map<string, Array<() => void>>();
  return {
    async pass(name, signal) {
      if (open.has(name)) return;
      await new Promise<void>((resolve, reject) => {
        const onAbort = (): void => {
          waiting.get(name)?.delete(letGo);
          reject(signal.reason);
        };
        const letGo = (): void => {
          signal.removeEventListener("abort", onAbort);
          resolve();
        };
        if (signal.aborted) return onAbort();
        signal.addEventListener("abort", onAbort, { once: true });
        waiting.set(name, (waiting.get(name) ?? new Set()).add(letGo));
        for (const tell of watchers.get(name) ?? []) tell();
        watchers.delete(name);
      });
    },
    release(name) {
      open.add(name);
      for (const letGo of waiting.get(name) ?? []) letGo();
      waiting.delete(name);
    },
    held(name) {
      if ((waiting.get(name)?.size ?? 0) > 0) return Promise.resolve();
      return new Promise((resolve) => {
        watchers.set(name, [...(watchers.get(name) ?? []), resolve]);
      });
    },
    reset: () => open.clear(),
  };
}
