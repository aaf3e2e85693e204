import type { Clock, Timer } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import type { OpenDatabase } from "@steward/schema/sqlite";
import { storageFaultOf } from "@steward/schema/storage-fault";

/** Each try blocks the event loop for as long as the database may be busy. */
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 5_000;

/** What could not be written down yet, and whether anything can be written now. */
export interface StorageWatch {
  /** Writes fail: nothing new may be started until they work again. */
  readonly isDown: boolean;
  /**
   * Runs `write`. When the database cannot take it now, it is kept in memory and tried again, in order and with growing
   * pauses (0.25 s … 5 s), until it lands; `false` then. Any other error is thrown, or, once the write is owed, handed to
   * `onGivenUp`: then it never lands.
   */
  writeOrOwe(what: string, write: () => void, onGivenUp?: (error: unknown) => void): boolean;
  /** A write failed that its maker will make again by other means. Throws what is no storage fault. */
  noteFault(error: unknown): void;
  /** Tries all that is owed once more, before the database is closed, and says what is lost with it. */
  stop(): void;
  /** Called after the database has taken everything that was owed. */
  onRecovered(listener: () => void): void;
}

export const createStorageWatch = (deps: {
  database: Pick<OpenDatabase, "probe">;
  clock: Clock;
  log: Logger;
}): StorageWatch => {
  const { clock, log } = deps;
  const owed: { what: string; write: () => void; onGivenUp: (error: unknown) => void }[] = [];
  const listeners: (() => void)[] = [];
  let isDown = false;
  let pauseMs = FIRST_RETRY_MS;
  let retry: Timer | null = null;

  /** What nobody above would catch is logged. */
  const logged = (what: string, action: () => void): void => {
    try {
      action();
    } catch (error) {
      log.error({ err: error, what }, "failed after an outage of the database");
    }
  };
  const giveUp = ({ what, onGivenUp }: (typeof owed)[number], error: unknown): void => {
    log.error({ err: error, what }, "an owed write was given up");
    logged(what, () => onGivenUp(error));
  };
  const tryAgain = (): void => {
    try {
      deps.database.probe();
    } catch (error) {
      // Whatever it is: while nothing can be written there is nothing else to be done.
      later(error);
      return;
    }
    for (let next = owed[0]; next; next = owed[0]) {
      try {
        next.write();
        owed.shift();
      } catch (error) {
        if (storageFaultOf(error) !== null) {
          later(error);
          return;
        }
        // What is no fault of the storage will not go away by waiting; the others must not wait for it.
        owed.shift();
        giveUp(next, error);
      }
    }
    isDown = false;
    pauseMs = FIRST_RETRY_MS;
    log.info({}, "the database takes writes again");
    for (const listener of listeners) logged("listener", listener);
  };
  const later = (error: unknown): void => {
    log.warn({ err: error, owed: owed.length, retryInMs: pauseMs }, "the database does not take writes");
    retry = clock.setTimer(pauseMs, tryAgain, { unref: true });
    pauseMs = Math.min(pauseMs * 2, LONGEST_RETRY_MS);
  };

  const watch: StorageWatch = {
    get isDown() {
      return isDown;
    },
    writeOrOwe: (what, write, onGivenUp = () => undefined) => {
      if (!isDown) {
        try {
          write();
          return true;
        } catch (error) {
          watch.noteFault(error);
        }
      }
      owed.push({ what, write, onGivenUp });
      return false;
    },
    noteFault: (error) => {
      if (storageFaultOf(error) === null) throw error;
      if (isDown) return;
      isDown = true;
      later(error);
    },
    stop: () => {
      if (!isDown) return;
      retry?.cancel();
      tryAgain();
      retry?.cancel();
      if (owed.length === 0) return;
      log.error({ lost: owed.map(({ what }) => what) }, "the database takes no writes; this is not kept");
    },
    onRecovered: (listener) => void listeners.push(listener),
  };
  return watch;
};
