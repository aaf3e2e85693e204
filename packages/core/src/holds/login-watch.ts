import type { Clock, Timer } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import { detached } from "../events/detached.ts";
import type { HoldBook } from "./hold-book.ts";
import type { OpenHold } from "./hold-repository.ts";

/** Whether the CLI has a login now; null = it could not be asked. Takes about a second. */
export type AskLogin = () => Promise<boolean | null>;

export interface LoginWatch {
  /** A turn, or a start, was refused for want of a login. */
  missing(): OpenHold;
  /** Somebody wrote and waits: a good moment to look. */
  wanted(): void;
  /** A turn was answered. */
  answered(): void;
  start(): void;
  stop(): void;
}

const FIRST_PAUSE_MS = 15_000;
const LONGEST_PAUSE_MS = 300_000;
/** A person who writes again has done something about it; this much later it is tried for them. */
const TRY_AGAIN_MS = 5_000;

/**
 * Holds everything while Claude Code is not logged in, and finds out when it is again.
 *
 * The CLI knows what is configured, not whether the server takes it. So when it said "no login" and now says "logged in",
 * the hold ends at once; when it said "logged in" all along, the server is asked again by a turn, with growing pauses.
 */
export const createLoginWatch = (deps: {
  book: HoldBook;
  askLogin: AskLogin;
  clock: Clock;
  log: Logger;
}): LoginWatch => {
  const { book, clock, log } = deps;
  let last: OpenHold | null = null;
  let refusedAtMs = 0;
  let pauseMs = FIRST_PAUSE_MS;
  let wasLoggedOut = false;
  let asking = false;
  let timer: Timer | null = null;

  const schedule = (): void => {
    timer?.cancel();
    timer = clock.setTimer(pauseMs, () => look(true), { unref: true });
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  };

  const ask = async (isDue: boolean): Promise<void> => {
    const hold = book.find("login");
    if (!hold) return;
    if (asking) {
      if (isDue) schedule();
      return;
    }
    asking = true;
    const answer = await deps
      .askLogin()
      .catch((error: unknown) => {
        log.warn({ err: error }, "the login could not be asked for");
        return null;
      })
      .finally(() => {
        asking = false;
      });
    if (answer === false) wasLoggedOut = true;
    const isBack = answer === true && wasLoggedOut;
    const mayTry = answer !== false && (isDue || clock.monotonicMs() - refusedAtMs >= TRY_AGAIN_MS);
    if (isBack || mayTry) book.release(hold, "login");
    else if (isDue) schedule();
  };

  const look = (isDue: boolean): void => detached(ask(isDue), log, "the login could not be looked after");

  return {
    missing: () => {
      refusedAtMs = clock.monotonicMs();
      wasLoggedOut = false;
      last = book.place(
        { kind: "login", scope: "global", detail: "", until: null, by: "claude" },
        // Tried for nothing: the same hold goes on.
        last,
      );
      schedule();
      return last;
    },
    wanted: () => look(false),
    answered: () => {
      last = null;
      pauseMs = FIRST_PAUSE_MS;
    },
    start: () => {
      last = book.find("login");
      // A restart is often what follows a login.
      if (last) look(true);
    },
    stop: () => timer?.cancel(),
  };
};
