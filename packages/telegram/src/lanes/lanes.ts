import type { Clock, Timer } from "@steward/platform/clock";
import { createSilentLogger, type Logger } from "@steward/platform/logger";
import {
  type BotApi,
  BotApiError,
  type BotArguments,
  type BotMethod,
  type BotResult,
  type CallOptions,
} from "../api/bot-api.ts";
import { type Budget, createWindow } from "./budget.ts";
import { isGroupKey, laneKey, messageCost } from "./call-cost.ts";
import { ChatLane, type Priority, type WaitingCall } from "./chat-lane.ts";
import { editIntervalMs } from "./edit-interval.ts";
import { LaneClosedError, LaneDeferredError } from "./errors.ts";
import { type LaneLimits, TELEGRAM_LIMITS } from "./limits.ts";
import { perform } from "./perform.ts";

export type { Priority } from "./chat-lane.ts";
export { LaneClosedError, LaneDeferredError } from "./errors.ts";
export type { LaneLimits } from "./limits.ts";

export interface LaneCallOptions extends CallOptions {
  /** Default `command`. Within one chat: `final` and `approval` first, `receipt` last, each in the order they came. */
  priority?: Priority;
}

/** What became of a progress call. `dropped`: try again, with whatever is newest then, after `retryAfterMs`. */
export type Offer<Result> =
  | { outcome: "sent"; result: Result }
  | { outcome: "unchanged" }
  | { outcome: "dropped"; retryAfterMs: number };

export interface LanesDeps {
  api: BotApi;
  clock: Clock;
  log?: Logger;
  limits?: Partial<LaneLimits>;
}

/** A progress frame that hangs must not hold the answer behind it for long. */
const PROGRESS_TIMEOUT_MS = 10_000;
/** Above this many chats, idle ones are forgotten. */
const MANY_LANES = 500;

/**
 * All outbound calls of one bot. One lane per chat keeps the order and the chat's limits; one budget spans them all and
 * is handed out in turns, so that a busy chat delays nobody else.
 *
 * - A 429 holds its chat alone, for all methods, exactly as long as it says.
 * - Progress is never queued: it goes out at once with room to spare, or is dropped for the caller to renew.
 * - Calls without a chat, and reads, pass straight through.
 */
export class Lanes {
  readonly #api: BotApi;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #limits: LaneLimits;
  readonly #global: Budget;
  readonly #lanes = new Map<string, ChatLane>();
  /** Calls started so far: who was served longest ago is next. */
  #turn = 0;
  #wake: Timer | null = null;
  #closed = false;

  constructor(deps: LanesDeps) {
    this.#api = deps.api;
    this.#clock = deps.clock;
    this.#log = deps.log ?? createSilentLogger();
    this.#limits = { ...TELEGRAM_LIMITS, ...deps.limits };
    this.#global = createWindow({ limit: this.#limits.globalLimit, windowMs: this.#limits.globalWindowMs });
  }

  /**
   * A call that must arrive. Waits for its turn, and through a 429, as long as that stays within a minute.
   *
   * @throws LaneDeferredError it would not: nothing sent, come back later · LaneClosedError closed meanwhile ·
   * BotApiError · BotNetworkError · the signal's reason when aborted while waiting
   */
  async call<M extends BotMethod>(
    method: M,
    args: BotArguments<M>,
    { priority = "command", ...options }: LaneCallOptions = {},
  ): Promise<BotResult<M>> {
    const fields = asFields(args);
    const key = laneKey(method, fields);
    if (key === null) return this.#api.call(method, args, options);
    if (this.#closed) throw new LaneClosedError(`${method}: the lanes are closed`);
    options.signal?.throwIfAborted();
    const lane = this.#lane(key);
    let withdraw = (): void => undefined;
    const answer = new Promise<unknown>((resolve, reject) => {
      const cost = messageCost(method, fields);
      const enqueuedAtMs = this.#clock.monotonicMs();
      const call: WaitingCall = {
        method,
        args: fields,
        options,
        priority,
        cost,
        enqueuedAtMs,
        resolve,
        reject,
      };
      lane.enqueue(call);
      withdraw = () => {
        if (lane.remove(call)) reject(options.signal?.reason);
      };
    });
    options.signal?.addEventListener("abort", withdraw, { once: true });
    this.#pump();
    const result = await answer.finally(() => options.signal?.removeEventListener("abort", withdraw));
    // What the API answered to this very method; the queue in between is untyped.
    return result as BotResult<M>;
  }

  /**
   * A progress call (a streamed frame, a chat action): goes out now or not at all.
   *
   * @throws BotApiError except 429 · BotNetworkError
   */
  async offer<M extends BotMethod>(
    method: M,
    args: BotArguments<M>,
    options: CallOptions = {},
  ): Promise<Offer<BotResult<M>>> {
    const fields = asFields(args);
    const key = laneKey(method, fields);
    if (key === null) return { outcome: "sent", result: await this.#api.call(method, args, options) };
    const lane = this.#lane(key);
    const nowMs = this.#clock.monotonicMs();
    const dropped = (readyAtMs: number): Offer<never> => ({
      outcome: "dropped",
      retryAfterMs: Math.max(readyAtMs - nowMs, this.#limits.chatIntervalMs / 2),
    });
    if (this.#closed || lane.busy || lane.head() !== undefined) return dropped(nowMs);
    if (lane.shown.isShown(method, fields)) return { outcome: "unchanged" };
    const cost = messageCost(method, fields);
    const readyAtMs = Math.max(
      lane.progressReadyAtMs(nowMs, cost),
      cost === 0 ? nowMs : this.#global.readyAtMs(nowMs, 1, this.#limits.globalReserve),
    );
    if (readyAtMs > nowMs) return dropped(readyAtMs);
    this.#spend(lane, cost);
    lane.busy = true;
    try {
      const call = { method, args: fields, options: { timeoutMs: PROGRESS_TIMEOUT_MS, ...options } };
      const result = await perform(this.#api, lane.shown, call);
      return { outcome: "sent", result: result as BotResult<M> };
    } catch (error) {
      const retryAfterMs = this.#noteFlood(lane, method, error);
      if (retryAfterMs === null) throw error;
      return { outcome: "dropped", retryAfterMs };
    } finally {
      lane.busy = false;
      this.#pump();
    }
  }

  /** How long to leave between two edits of a message of this age, in this chat, now. */
  editIntervalMs(chatId: string | number, ageMs: number): number {
    const key = String(chatId);
    const recentFloods = this.#lanes.get(key)?.recentFloods(this.#clock.monotonicMs()) ?? 0;
    return editIntervalMs({ isGroup: isGroupKey(key), ageMs, recentFloods });
  }

  /** Refuses what waits and what comes; calls in flight end by themselves. */
  close(): void {
    this.#closed = true;
    this.#wake?.cancel();
    for (const lane of this.#lanes.values()) {
      for (const call of lane.takeAll()) {
        call.reject(new LaneClosedError(`${call.method}: the lanes were closed`));
      }
    }
  }

  #lane(key: string): ChatLane {
    const known = this.#lanes.get(key);
    if (known !== undefined) return known;
    if (this.#lanes.size >= MANY_LANES) {
      const nowMs = this.#clock.monotonicMs();
      for (const [other, lane] of this.#lanes) if (lane.isIdle(nowMs)) this.#lanes.delete(other);
    }
    const lane = new ChatLane(isGroupKey(key), this.#limits);
    this.#lanes.set(key, lane);
    return lane;
  }

  /** Starts everything that may start now, and sets the alarm for what may start next. */
  #pump(): void {
    this.#wake?.cancel();
    this.#wake = null;
    if (this.#closed) return;
    for (;;) {
      const nowMs = this.#clock.monotonicMs();
      const { next, readyAtMs } = this.#choose(nowMs);
      if (next === null) {
        if (Number.isFinite(readyAtMs)) {
          this.#wake = this.#clock.setTimer(Math.max(readyAtMs - nowMs, 0), () => this.#pump());
        }
        return;
      }
      const call = next.takeHead();
      next.lastTurn = ++this.#turn;
      if (call !== undefined) void this.#run(next, call);
    }
  }

  /** The lane to serve now (most urgent first, then in turns), or else when to look again. */
  #choose(nowMs: number): { next: ChatLane | null; readyAtMs: number } {
    let next: ChatLane | null = null;
    let readyAtMs = Number.POSITIVE_INFINITY;
    const globalReadyAtMs = this.#global.readyAtMs(nowMs, 1);
    for (const lane of this.#lanes.values()) {
      const head = lane.head();
      if (head === undefined || lane.busy) continue;
      const headReadyAtMs = lane.readyAtMs(nowMs, head.cost);
      if (headReadyAtMs <= nowMs && head.cost > 0 && globalReadyAtMs > nowMs) {
        readyAtMs = Math.min(readyAtMs, globalReadyAtMs);
      } else if (headReadyAtMs <= nowMs) {
        if (next === null || lane.comesBefore(next)) next = lane;
      } else if (headReadyAtMs > head.enqueuedAtMs + this.#limits.maxWaitMs) {
        this.#defer(lane, headReadyAtMs - nowMs);
      } else {
        readyAtMs = Math.min(readyAtMs, headReadyAtMs);
      }
    }
    return { next, readyAtMs };
  }

  /** Everything behind the head goes back with it: a later call must not overtake an earlier one. */
  #defer(lane: ChatLane, waitMs: number): void {
    const retryAtMs = this.#clock.now() + waitMs;
    for (const call of lane.takeAll()) {
      call.reject(new LaneDeferredError({ method: call.method, retryAtMs, waitMs }));
    }
  }

  async #run(lane: ChatLane, call: WaitingCall): Promise<void> {
    if (lane.shown.isShown(call.method, call.args)) {
      call.resolve(true);
      return;
    }
    lane.busy = true;
    this.#spend(lane, call.cost);
    try {
      call.resolve(await perform(this.#api, lane.shown, call));
    } catch (error) {
      // Turned away by the flood control means not performed: even a send may be repeated.
      if (this.#noteFlood(lane, call.method, error) === null || this.#closed) call.reject(error);
      else lane.putBack(call);
    } finally {
      lane.busy = false;
      this.#pump();
    }
  }

  #spend(lane: ChatLane, cost: number): void {
    const nowMs = this.#clock.monotonicMs();
    lane.spend(nowMs, cost);
    if (cost > 0) this.#global.spend(nowMs, cost);
  }

  /** Blocks the lane on a 429 and says for how long; null for every other error. */
  #noteFlood(lane: ChatLane, method: string, error: unknown): number | null {
    if (!(error instanceof BotApiError) || error.code !== 429) return null;
    const retryAfterMs = error.retryAfterMs ?? this.#limits.unknownRetryAfterMs;
    lane.block(this.#clock.monotonicMs(), retryAfterMs);
    this.#log.warn({ method, retryAfterMs }, "flood control: this chat waits");
    return retryAfterMs;
  }
}

export function createLanes(deps: LanesDeps): Lanes {
  return new Lanes(deps);
}

/** Bot API arguments are plain objects; lanes look at a handful of their fields by name. */
function asFields(args: object): Readonly<Record<string, unknown>> {
  return args as Readonly<Record<string, unknown>>;
}
