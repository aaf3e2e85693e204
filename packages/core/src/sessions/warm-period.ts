import type { Clock } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import type { SessionTimers } from "./session-timers.ts";

export interface WarmPeriodDeps {
  clock: Clock;
  log: Logger;
  timers: SessionTimers;
  idleTimeoutMs: () => number;
  /** For how much longer something else keeps it alive. */
  protectedForMs: () => number;
  over: () => void;
}

/** The time that a process is alive and free, until it has been for too long. */
export class WarmPeriod {
  readonly #deps: WarmPeriodDeps;
  #sinceMs = 0;
  #since = 0;

  constructor(deps: WarmPeriodDeps) {
    this.#deps = deps;
  }

  /** UTC ms. */
  get since(): number {
    return this.#since;
  }

  begin(): void {
    this.#sinceMs = this.#deps.clock.monotonicMs();
    this.#since = this.#deps.clock.now();
    this.watch();
  }

  end(): void {
    this.#deps.timers.cancel("idle");
  }

  /** Again when its length has changed. */
  watch(): void {
    const { clock, timers, log, protectedForMs } = this.#deps;
    const idleTimeoutMs = this.#deps.idleTimeoutMs();
    const leftMs = Math.max(idleTimeoutMs - (clock.monotonicMs() - this.#sinceMs), protectedForMs());
    timers.set("idle", leftMs, () => {
      // What works in the background may have given a sign of life meanwhile.
      if (protectedForMs() > 0) return this.watch();
      log.info({ idleTimeoutMs }, "session idle, suspending");
      this.#deps.over();
    });
  }
}
