import type { ResponseParameters } from "@grammyjs/types";
import type { Bot } from "../world/bot.ts";

export type CallOutcome =
  | { ok: true; result: unknown }
  | { ok: false; code: number; description: string; parameters?: ResponseParameters };

/** One request that reached the emulator. */
export interface ApiCall {
  /** 1, 2, 3 … in order of arrival. */
  readonly number: number;
  /** Undefined when the token belongs to no bot. */
  readonly bot: Bot | undefined;
  /** In Telegram's spelling when it is a known method, else as requested. `download` for a file. */
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly files: readonly { field: string; filename: string; contentType: string; sizeBytes: number }[];
  readonly atMs: number;
  endedAtMs: number | undefined;
  /** What the method made of it; undefined while it runs, or when a fault kept it from running. */
  outcome: CallOutcome | undefined;
  /** Did it change the world? With a fault, this is not what the caller was told. */
  executed: boolean;
  /** The injected fault it met. */
  fault: string | undefined;
  /** It came this many milliseconds before the `retry_after` of an earlier 429 in the same chat was over. */
  earlyByMs: number | undefined;
}

/** A mistake of the bot. The caller got an error for it, and here it stays. */
export interface Violation {
  readonly call: ApiCall;
  readonly atMs: number;
  readonly message: string;
}

export interface CallFilter {
  /** Case-sensitive, in Telegram's spelling. */
  method?: string;
  /** Chat id in the parameters. */
  chat?: number;
  /** getUpdates is left out unless asked for by name. */
  includePolls?: boolean;
}

/** Polls recorded per emulator; older ones are forgotten so that a long soak does not fill memory. */
const MAX_RECORDED_POLLS = 2000;

/** All calls and violations, in order. */
export class Ledger {
  readonly violations: Violation[] = [];
  readonly #calls: ApiCall[] = [];
  readonly #polls: ApiCall[] = [];
  #lastNumber = 0;

  open(call: Pick<ApiCall, "bot" | "method" | "params" | "files" | "atMs" | "earlyByMs">): ApiCall {
    this.#lastNumber += 1;
    const opened: ApiCall = {
      ...call,
      number: this.#lastNumber,
      endedAtMs: undefined,
      outcome: undefined,
      executed: false,
      fault: undefined,
    };
    if (call.method === "getUpdates") {
      this.#polls.push(opened);
      if (this.#polls.length > MAX_RECORDED_POLLS) this.#polls.shift();
    } else this.#calls.push(opened);
    return opened;
  }

  calls(bot: Bot | undefined, filter: CallFilter = {}): ApiCall[] {
    const wantsPolls = filter.includePolls === true || filter.method === "getUpdates";
    const all = wantsPolls
      ? [...this.#calls, ...this.#polls].sort((a, b) => a.number - b.number)
      : this.#calls;
    return all.filter(
      (call) =>
        (bot === undefined || call.bot === bot) &&
        (filter.method === undefined || call.method === filter.method) &&
        (filter.chat === undefined || Number(call.params.chat_id) === filter.chat),
    );
  }

  violate(call: ApiCall, message: string, atMs: number): void {
    this.violations.push({ call, atMs, message });
  }
}
