import type { CallOptions } from "../api/bot-api.ts";
import { type Budget, createPace, createWindow } from "./budget.ts";
import type { LaneLimits } from "./limits.ts";
import { createShownContent, type ShownContent } from "./shown-content.ts";

/**
 * `final` and `approval` are what a person waits for; `command` is everything else that must arrive; `receipt` is what
 * may come when there is nothing else.
 */
export type Priority = "final" | "approval" | "command" | "receipt";

const RANK: Record<Priority, number> = { final: 0, approval: 0, command: 1, receipt: 2 };

/** How long a 429 keeps slowing the chat's edits down. */
const FLOOD_MEMORY_MS = 300_000;

/** A call waiting for its turn. Its method and arguments were checked against each other at the door. */
export interface WaitingCall {
  method: string;
  args: Readonly<Record<string, unknown>>;
  options: CallOptions;
  priority: Priority;
  cost: number;
  enqueuedAtMs: number;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/** One chat: what waits, what is in flight, and what the chat can take. Times are monotonic milliseconds. */
export class ChatLane {
  readonly isGroup: boolean;
  readonly shown: ShownContent = createShownContent();
  /** One call at a time, so that the order of arrival is the order in the chat. */
  busy = false;
  /** When it was served last, counted in calls of the whole bot. */
  lastTurn = 0;
  readonly #waiting: WaitingCall[] = [];
  readonly #limits: LaneLimits;
  readonly #pace: Budget;
  readonly #window: Budget | null;
  #blockedUntilMs = Number.NEGATIVE_INFINITY;
  #floods: number[] = [];

  constructor(isGroup: boolean, limits: LaneLimits) {
    this.isGroup = isGroup;
    this.#limits = limits;
    this.#pace = createPace({ intervalMs: limits.chatIntervalMs, burst: limits.chatBurst });
    this.#window = isGroup
      ? createWindow({ limit: limits.groupLimit, windowMs: limits.groupWindowMs })
      : null;
  }

  head(): WaitingCall | undefined {
    return this.#waiting[0];
  }

  /** Of two lanes that could be served: the more urgent one, else the one that has waited for its turn longer. */
  comesBefore(other: ChatLane): boolean {
    const byRank = this.#rank() - other.#rank();
    return byRank < 0 || (byRank === 0 && this.lastTurn < other.lastTurn);
  }

  #rank(): number {
    const head = this.head();
    return head === undefined ? Number.MAX_SAFE_INTEGER : RANK[head.priority];
  }

  /** Behind everything that is as urgent or more so. */
  enqueue(call: WaitingCall): void {
    const at = this.#waiting.findIndex((other) => RANK[other.priority] > RANK[call.priority]);
    if (at === -1) this.#waiting.push(call);
    else this.#waiting.splice(at, 0, call);
  }

  takeHead(): WaitingCall | undefined {
    return this.#waiting.shift();
  }

  /** A call that the flood control turned away keeps its place. */
  putBack(call: WaitingCall): void {
    this.#waiting.unshift(call);
  }

  remove(call: WaitingCall): boolean {
    const at = this.#waiting.indexOf(call);
    if (at !== -1) this.#waiting.splice(at, 1);
    return at !== -1;
  }

  takeAll(): WaitingCall[] {
    return this.#waiting.splice(0);
  }

  /** When a call that must arrive may start. */
  readyAtMs(nowMs: number, cost: number): number {
    return this.#readyAtMs(nowMs, cost, 0, 0);
  }

  /** When a progress call may start: only with room to spare for a final answer. */
  progressReadyAtMs(nowMs: number, cost: number): number {
    return this.#readyAtMs(nowMs, cost, this.#limits.chatReserve, this.#limits.groupReserve);
  }

  #readyAtMs(nowMs: number, cost: number, chatReserve: number, groupReserve: number): number {
    if (cost === 0) return this.#blockedUntilMs;
    return Math.max(
      this.#blockedUntilMs,
      this.#pace.readyAtMs(nowMs, cost, chatReserve),
      this.#window?.readyAtMs(nowMs, cost, groupReserve) ?? Number.NEGATIVE_INFINITY,
    );
  }

  spend(nowMs: number, cost: number): void {
    if (cost === 0) return;
    this.#pace.spend(nowMs, cost);
    this.#window?.spend(nowMs, cost);
  }

  /** A 429 holds the whole chat: every other method would only prolong the penalty. */
  block(nowMs: number, retryAfterMs: number): void {
    this.#blockedUntilMs = Math.max(this.#blockedUntilMs, nowMs + retryAfterMs);
    this.#floods = [...this.#floods.filter((at) => at + FLOOD_MEMORY_MS > nowMs), nowMs];
  }

  recentFloods(nowMs: number): number {
    return this.#floods.filter((at) => at + FLOOD_MEMORY_MS > nowMs).length;
  }

  /** Nothing would be lost if this lane were made anew, except what its messages show (which costs one edit). */
  isIdle(nowMs: number): boolean {
    return (
      !this.busy &&
      this.#waiting.length === 0 &&
      this.#blockedUntilMs <= nowMs &&
      this.recentFloods(nowMs) === 0 &&
      this.#pace.isFull(nowMs) &&
      (this.#window?.isFull(nowMs) ?? true)
    );
  }
}
