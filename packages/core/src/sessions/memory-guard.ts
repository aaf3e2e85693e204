import { DomainError } from "@steward/contract/errors";
import type { Clock, Timer } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";

/** While memory is short it is measured again this often. */
const RECHECK_MS = 5_000;
const MB = 1_048_576;

export interface MemoryGuardDeps {
  freeMemoryBytes: () => Promise<number>;
  limits: { minFreeBytes: number; memoryWaitMs: number };
  /** Suspends one free session and resolves when its process has gone; false when there is none to suspend. */
  suspendOne: () => Promise<boolean>;
  clock: Clock;
  log: Logger;
}

interface Waiter {
  admit(): void;
  fail(error: unknown): void;
  short(freeMb: number): void;
}

/**
 * No process is started while less than `minFreeBytes` is free. Free sessions are suspended first, one at a time, and the
 * memory measured again; then whoever waits goes on waiting, first come, first served. Waiting here holds no place.
 */
export class MemoryGuard {
  readonly #deps: MemoryGuardDeps;
  readonly #queue: Waiter[] = [];
  #serving = false;
  #wake: (() => void) | null = null;

  constructor(deps: MemoryGuardDeps) {
    this.#deps = deps;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  /** Whether a process may be started right now; suspends nothing. */
  async suffices(): Promise<boolean> {
    return (await this.#deps.freeMemoryBytes()) >= this.#deps.limits.minFreeBytes;
  }

  /** Until when whoever comes now waits (monotonic ms). */
  patience(): number {
    return this.#deps.clock.monotonicMs() + this.#deps.limits.memoryWaitMs;
  }

  /**
   * Resolves when there is memory for one more process. `short` is told how much is free, each time it was too little.
   * Rejects with the signal's reason, or at `untilMs` (monotonic) with `low_memory`.
   */
  enter(signal: AbortSignal, short: (freeMb: number) => void, untilMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error);
      let freeMb = 0;
      const leave = (): void => {
        timer.cancel();
        signal.removeEventListener("abort", abort);
        const index = this.#queue.indexOf(waiter);
        if (index >= 0) this.#queue.splice(index, 1);
        this.poke();
      };
      const waiter: Waiter = {
        admit: () => {
          leave();
          resolve();
        },
        fail: (error) => {
          leave();
          reject(error as Error);
        },
        short: (mb) => {
          freeMb = mb;
          short(mb);
        },
      };
      const abort = (): void => waiter.fail(signal.reason);
      const timer: Timer = this.#deps.clock.setTimer(
        Math.max(untilMs - this.#deps.clock.monotonicMs(), 0),
        () => waiter.fail(lowMemory(freeMb)),
        { unref: true },
      );
      signal.addEventListener("abort", abort, { once: true });
      this.#queue.push(waiter);
      this.poke();
      void this.#serve();
    });
  }

  /** Memory may have become free: it is measured now and not only at the next round. */
  poke(): void {
    this.#wake?.();
  }

  async #serve(): Promise<void> {
    if (this.#serving) return;
    this.#serving = true;
    try {
      while (this.#queue.length > 0) {
        if (await this.#round()) continue;
        await this.#pause();
      }
    } finally {
      this.#serving = false;
    }
  }

  /** False: nothing to do but wait. */
  async #round(): Promise<boolean> {
    try {
      const free = await this.#deps.freeMemoryBytes();
      if (free >= this.#deps.limits.minFreeBytes) {
        this.#queue[0]?.admit();
        return true;
      }
      if (this.#queue.length > 0 && (await this.#deps.suspendOne())) return true;
      const freeMb = Math.floor(free / MB);
      this.#deps.log.warn({ freeMb, waiting: this.#queue.length }, "too little memory to start a session");
      for (const waiter of [...this.#queue]) waiter.short(freeMb);
      return false;
    } catch (error) {
      this.#queue[0]?.fail(error);
      return true;
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        timer.cancel();
        this.#wake = null;
        resolve();
      };
      const timer = this.#deps.clock.setTimer(RECHECK_MS, go, { unref: true });
      this.#wake = go;
    });
  }
}

const lowMemory = (freeMb: number): DomainError =>
  new DomainError("low_memory", `only ${freeMb} MB of memory are free`, { params: { freeMb } });
