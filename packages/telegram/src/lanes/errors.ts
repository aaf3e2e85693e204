/** The chat's lane cannot take the call within a minute. Nothing was sent; come back at `retryAtMs`. */
export class LaneDeferredError extends Error {
  override readonly name = "LaneDeferredError";
  /** Wall clock, UTC milliseconds: meant to be stored. */
  readonly retryAtMs: number;

  constructor(facts: { method: string; retryAtMs: number; waitMs: number }) {
    super(`${facts.method}: the chat takes no calls for another ${Math.ceil(facts.waitMs / 1000)} s`);
    this.retryAtMs = facts.retryAtMs;
  }
}

/** The lanes were closed while the call waited. Nothing was sent. */
export class LaneClosedError extends Error {
  override readonly name = "LaneClosedError";
}
