import type { Logger } from "@steward/platform/logger";
import type { SessionState } from "@steward/schema/enums";
import { type SessionEffect, type SessionEvent, transition } from "./transition.ts";

/**
 * Runs the table of transition.ts: one event after the other. An event raised by an effect waits until the effects before
 * it are done.
 */
export class SessionMachine {
  readonly #log: Logger;
  readonly #execute: (effect: SessionEffect) => void;
  readonly #moved: (before: SessionState, after: SessionState) => void;
  readonly #pending: SessionEvent[] = [];
  #state: SessionState;
  #dispatching = false;

  /** `moved` is called after the effects of every event, also when the state has stayed. */
  constructor(
    initial: SessionState,
    on: {
      execute: (effect: SessionEffect) => void;
      moved: (before: SessionState, after: SessionState) => void;
    },
    log: Logger,
  ) {
    this.#state = initial;
    this.#execute = on.execute;
    this.#moved = on.moved;
    this.#log = log;
  }

  get state(): SessionState {
    return this.#state;
  }
  /** A process exists or is being made. */
  get live(): boolean {
    return this.#state !== "idle" && this.#state !== "suspended";
  }

  dispatch(event: SessionEvent): void {
    this.#pending.push(event);
    if (this.#dispatching) return;
    this.#dispatching = true;
    try {
      for (let next = this.#pending.shift(); next; next = this.#pending.shift()) this.#apply(next);
    } finally {
      this.#dispatching = false;
    }
  }

  #apply(event: SessionEvent): void {
    const before = this.#state;
    const { state, effects, defect } = transition(before, event);
    this.#state = state;
    if (defect) this.#log.error({ event: event.type, state: before }, `session defect: ${defect}`);
    if (state !== before) this.#log.debug({ from: before, to: state, event: event.type }, "session state");
    for (const effect of effects) this.#attempt(effect);
    this.#moved(before, this.#state);
  }

  /** A failed effect must not keep the others from happening; what it leaves undone the recovery sweep finds. */
  #attempt(effect: SessionEffect): void {
    try {
      this.#execute(effect);
    } catch (error) {
      this.#log.error({ err: error, effect, state: this.#state }, "a session's effect failed");
    }
  }
}
