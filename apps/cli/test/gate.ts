export interface Gate {
  open(): void;
  /** Resolves once it is open. */
  readonly passed: () => Promise<void>;
}

/** Holds a scripted turn where it is until the test lets it go on. */
export function createGate(): Gate {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open: () => open(), passed: () => opened };
}
