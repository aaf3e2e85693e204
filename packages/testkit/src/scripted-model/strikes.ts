/** How often the fault of one step of one prompt has happened. */
export interface Strikes {
  /** True as long as there were fewer than `times`. The one that is spared forgets: the same prompt fails anew. */
  count(place: string, times: number): boolean;
  reset(): void;
}

export function createStrikes(): Strikes {
  const struck = new Map<string, number>();
  return {
    count(place, times) {
      const before = struck.get(place) ?? 0;
      if (before >= times) {
        struck.delete(place);
        return false;
      }
      struck.set(place, before + 1);
      return true;
    },
    reset: () => struck.clear(),
  };
}
