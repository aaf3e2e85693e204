import type { Clock, Timer } from "./clock.ts";
import { sleepWith } from "./sleep.ts";

/** A clock that moves only when told to. */
export interface FakeClock extends Clock {
  /**
   * Moves both clocks forward by `ms`, running due timers in order of their time (then of their creation).
   * Before, between and after timers it lets promise continuations run, so a chain of
   * `await clock.sleep()` inside the code under test is followed within one call.
   */
  advance(ms: number): Promise<void>;
  /** Steps the wall clock alone (NTP step, suspend); timers and `monotonicMs()` do not move. */
  stepWallClock(deltaMs: number): void;
  /** How many timers wait. */
  pendingTimers(): number;
}

interface Entry {
  dueMs: number;
  order: number;
  fn: () => void;
}

/** An instant long past the epoch, so that code which confuses "0" with "unset" shows up. */
const DEFAULT_START_MS = Date.UTC(2026, 0, 2, 3, 4, 5);

/** @param startMs wall clock at the start, UTC milliseconds. */
export function createFakeClock(startMs: number = DEFAULT_START_MS): FakeClock {
  const entries = new Set<Entry>();
  let elapsedMs = 0;
  let wallOffsetMs = startMs;
  let created = 0;

  const setTimer = (ms: number, fn: () => void): Timer => {
    const entry: Entry = { dueMs: elapsedMs + Math.max(ms, 0), order: created++, fn };
    entries.add(entry);
    return { cancel: () => void entries.delete(entry) };
  };

  const nextDue = (limitMs: number): Entry | undefined => {
    let next: Entry | undefined;
    for (const entry of entries) {
      if (entry.dueMs > limitMs) continue;
      if (next === undefined || entry.dueMs < next.dueMs) next = entry;
      else if (entry.dueMs === next.dueMs && entry.order < next.order) next = entry;
    }
    return next;
  };

  return {
    now: () => wallOffsetMs + elapsedMs,
    monotonicMs: () => elapsedMs,
    setTimer,
    sleep: (ms, signal) => sleepWith(setTimer, ms, signal),
    stepWallClock: (deltaMs) => {
      wallOffsetMs += deltaMs;
    },
    pendingTimers: () => entries.size,
    async advance(ms) {
      const targetMs = elapsedMs + ms;
      await runContinuations();
      for (let entry = nextDue(targetMs); entry !== undefined; entry = nextDue(targetMs)) {
        entries.delete(entry);
        elapsedMs = Math.max(elapsedMs, entry.dueMs);
        entry.fn();
        await runContinuations();
      }
      elapsedMs = Math.max(elapsedMs, targetMs);
      await runContinuations();
    },
  };
}

/** The check phase comes after the whole microtask queue, however deep the promise chain is. */
function runContinuations(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
