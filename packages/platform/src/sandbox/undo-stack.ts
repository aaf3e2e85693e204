/** What was taken on the way, given back in reverse. */
export interface UndoStack {
  add(undo: () => void): void;
  /** Every step, also when one before it failed. Once: a second call finds nothing. Never throws. */
  unwind(): void;
}

export function createUndoStack(): UndoStack {
  const steps: (() => void)[] = [];
  return {
    add: (undo) => void steps.push(undo),
    unwind() {
      for (const undo of steps.splice(0).reverse()) {
        try {
          undo();
        } catch {
          // The others are given back all the same; what is left here is a placeholder or an empty group.
        }
      }
    },
  };
}
