import type { Bot } from "@steward/contract/bots";
import type { Logger } from "@steward/platform/logger";
import type { Steward } from "./steward.ts";

interface Report {
  state: Bot["state"];
  detail: string;
}

export interface StateReporter {
  /** Tells the API of a change, now or when it can be reached; a newer state replaces one that was not told yet. */
  report(state: Bot["state"], detail?: string): void;
  /** Resolves when everything has been told. */
  idle(): Promise<void>;
}

export function createStateReporter(deps: {
  steward: Pick<Steward, "reportState">;
  log: Logger;
  signal: AbortSignal;
}): StateReporter {
  let pending: Report | null = null;
  let last: Report["state"] | null = null;
  let loop: Promise<void> | null = null;

  const tell = async (): Promise<void> => {
    while (pending !== null && !deps.signal.aborted) {
      const { state, detail } = pending;
      pending = null;
      await deps.steward.reportState(state, detail).catch((error: unknown) => {
        if (!deps.signal.aborted)
          deps.log.warn({ err: error, state }, "the API did not take the bot's state");
      });
    }
    loop = null;
  };

  return {
    report(state, detail = "") {
      if (state === last) return;
      last = state;
      pending = { state, detail };
      loop ??= tell();
    },
    idle: async () => {
      await loop;
    },
  };
}
