import type { ResponseParameters } from "@grammyjs/types";
import type { ApiCall } from "../ledger/ledger.ts";
import type { Bot } from "../world/bot.ts";
import { seededRandom } from "./seeded-random.ts";

/**
 * What goes wrong with a request. The first group keeps the call from running (`html…`: a proxy or web server in front
 * of the Bot API says so, in a page of its own); in the second it takes effect and the caller does not learn of it; `slow`
 * answers rightly, late; `throttled`, for downloads, lets the file trickle, and `cut`
 * ends the connection in the middle of it. `404` is what the file server says of an address that has expired.
 */
export type FaultKind =
  | "400"
  | "401"
  | "403"
  | "404"
  | "409"
  | "429"
  | "500"
  | "502"
  | "html400"
  | "html403"
  | "html404"
  | "html413"
  | "hang"
  | "disconnect-before"
  | "hang-after-accept"
  | "disconnect-after-accept"
  | "slow"
  | "throttled"
  | "cut";

interface FaultDetails {
  /** 429: seconds, default 1. */
  retryAfter?: number;
  /** slow: milliseconds on the emulator's clock, default 1000. */
  delayMs?: number;
  /** throttled: default 1024. */
  bytesPerSecond?: number;
  /** Replaces the usual description of the error kinds. */
  description?: string;
  /** Added to the usual parameters of the error kinds. */
  parameters?: ResponseParameters;
}

export interface FaultSelection {
  /** Telegram's spelling, or `download`. Absent: every method but getUpdates, which must be named. */
  method?: string | readonly string[];
  bot?: Pick<Bot, "id">;
  /** chat_id in the parameters. */
  chat?: number;
  /** Any further condition. */
  when?: (call: ApiCall) => boolean;
}

export interface FaultSpec extends FaultSelection, FaultDetails {
  kind: FaultKind;
  /** How many matching calls it strikes. Default 1; Infinity until cancelled. */
  times?: number;
}

export interface RandomFaultSpec extends FaultSelection, FaultDetails {
  seed: number;
  /** Share of calls that are struck, 0 to 1. */
  rate: number;
  kind: FaultKind | readonly FaultKind[];
}

/** A fault that was ordered. */
export interface FaultHandle {
  /** Calls it has struck so far. */
  readonly struck: number;
  cancel(): void;
}

/** What to do with one call. */
export interface Fault extends FaultDetails {
  kind: FaultKind;
}

interface Order {
  matches(call: ApiCall): boolean;
  draw(): Fault | undefined;
  isSpent(): boolean;
}

/** The control over `down` and `up` lies with the server. */
export interface Line {
  down(): Promise<void>;
  up(): Promise<void>;
}

export class Faults {
  readonly #line: Line;
  #orders: Order[] = [];

  constructor(line: Line) {
    this.#line = line;
  }

  /** The next matching calls meet this fault. Orders are served in the order they were given. */
  next(spec: FaultSpec): FaultHandle {
    let left = spec.times ?? 1;
    return this.#order(
      spec,
      () => {
        left -= 1;
        return spec;
      },
      () => left <= 0,
    );
  }

  /** Strikes a share of the matching calls; the same seed strikes the same ones. */
  random(spec: RandomFaultSpec): FaultHandle {
    const random = seededRandom(spec.seed);
    const kinds = typeof spec.kind === "string" ? [spec.kind] : spec.kind;
    return this.#order(
      spec,
      () => {
        if (random() >= spec.rate) return undefined;
        const kind = kinds[Math.floor(random() * kinds.length)];
        return kind === undefined ? undefined : { ...spec, kind };
      },
      () => false,
    );
  }

  /** Forgets every order. */
  clear(): void {
    this.#orders = [];
  }

  /** The whole server refuses connections; open ones are cut. */
  down(): Promise<void> {
    return this.#line.down();
  }

  /** The server is back, at the same address. */
  up(): Promise<void> {
    return this.#line.up();
  }

  /** The fault a call meets, if any. */
  match(call: ApiCall): Fault | undefined {
    for (const order of this.#orders) {
      if (!order.matches(call)) continue;
      const fault = order.draw();
      if (order.isSpent()) this.#remove(order);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  #order(selection: FaultSelection, draw: () => Fault | undefined, isSpent: () => boolean): FaultHandle {
    let struck = 0;
    const order: Order = {
      matches: (call) => selects(selection, call),
      draw: () => {
        const fault = draw();
        if (fault !== undefined) struck += 1;
        return fault;
      },
      isSpent,
    };
    this.#orders.push(order);
    return {
      get struck() {
        return struck;
      },
      cancel: () => this.#remove(order),
    };
  }

  #remove(order: Order): void {
    this.#orders = this.#orders.filter((other) => other !== order);
  }
}

function selects({ method, bot, chat, when }: FaultSelection, call: ApiCall): boolean {
  const methods = typeof method === "string" ? [method] : method;
  const isMethod = methods === undefined ? call.method !== "getUpdates" : methods.includes(call.method);
  const isBot = bot === undefined || call.bot?.id === bot.id;
  const isChat = chat === undefined || Number(call.params.chat_id) === chat;
  return isMethod && isBot && isChat && (when === undefined || when(call));
}
