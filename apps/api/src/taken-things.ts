/** What was opened on the way up, to be closed in reverse on the way down. */
export interface TakenThings {
  add(giveBack: () => void | Promise<void>): void;
  /** Runs every step, also when one before it failed; rejects with the failures at the end. */
  giveBack(): Promise<void>;
}

export function createTakenThings(): TakenThings {
  const steps: (() => void | Promise<void>)[] = [];
  return {
    add: (step) => void steps.push(step),
    giveBack: async () => {
      const failures: unknown[] = [];
      for (const step of steps.splice(0).reverse()) {
        try {
          await step();
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw new AggregateError(failures, "not everything could be closed");
    },
  };
}

/** The same action however often it is asked for. */
export function once(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= action();
    return done;
  };
}
