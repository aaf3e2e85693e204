import type { Clock, Timer } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import type { Steward } from "./steward.ts";

export interface BotLease {
  /** Who asks for it: one front end, from its start to its end. */
  readonly holder: string;
  /**
   * Resolves when the bot is ours, for as long as we ask again; waits for as long as another front end has it. `onLost` is
   * called once, should another one have it after all (this machine slept, the API was replaced).
   */
  take(onLost: () => void, signal: AbortSignal): Promise<void>;
  /** Lets another front end have it at once. */
  giveBack(): Promise<void>;
}

/** Without a sign of life for this long a front end counts as gone. One that is killed is seen at once: its stream ends. */
const LEASE_MS = 30_000;
const RENEW_EVERY_MS = 10_000;
const ASK_AGAIN_MS = 2_000;

/**
 * Only one front end serves a bot: of two on the same data directory the second waits, and says so. Without it both would
 * poll, be refused by Telegram in turns, and show every answer twice.
 */
export const createBotLease = (deps: {
  steward: Pick<Steward, "lease">;
  holder: string;
  clock: Clock;
  log: Logger;
}): BotLease => {
  const { steward, holder, clock, log } = deps;
  let timer: Timer | null = null;
  let isHeld = false;

  const end = (): void => {
    isHeld = false;
    timer?.cancel();
    timer = null;
  };

  const keep = (onLost: () => void): void => {
    timer = clock.setTimer(
      RENEW_EVERY_MS,
      () => {
        steward.lease(holder, LEASE_MS).then(
          (held) => {
            if (!isHeld) return;
            if (held) return keep(onLost);
            end();
            log.error("another front end has taken this bot over; waiting until it is gone");
            onLost();
          },
          (error: unknown) => log.debug({ err: error }, "the lease was not renewed: stopping"),
        );
      },
      { unref: true },
    );
  };

  return {
    holder,
    take: async (onLost, signal) => {
      for (let attempt = 1; !(await steward.lease(holder, LEASE_MS)); attempt += 1) {
        if (attempt === 1) {
          log.error(
            "another Steward already serves this bot on this data directory; waiting until it is gone",
          );
        }
        await clock.sleep(ASK_AGAIN_MS, signal);
      }
      signal.throwIfAborted();
      isHeld = true;
      keep(onLost);
    },
    giveBack: async () => {
      if (!isHeld) return;
      end();
      await steward.lease(holder, 0);
    },
  };
};
