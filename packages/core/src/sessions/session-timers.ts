import type { Clock, Timer } from "@steward/platform/clock";

type TimerName = "silence" | "idle" | "interrupt" | "ending" | "wall";

/** A session's timers by name: setting one again replaces it, and none fires after it was cancelled. */
export class SessionTimers {
  readonly #clock: Clock;
  readonly #timers = new Map<TimerName, Timer>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  set(name: TimerName, ms: number, fire: () => void): void {
    this.cancel(name);
    this.#timers.set(
      name,
      this.#clock.setTimer(ms, () => {
        this.#timers.delete(name);
        fire();
      }),
    );
  }

  cancel(...names: TimerName[]): void {
    for (const name of names) {
      this.#timers.get(name)?.cancel();
      this.#timers.delete(name);
    }
  }
}
