import type { Clock, Timer } from "@steward/platform/clock";
import { ApiError } from "../api-error.ts";
import type { PendingUpdate, UpdateQueue } from "./update-queue.ts";

/** Seconds a poll may wait at most; more is cut down. */
const MAX_TIMEOUT_SECONDS = 50;
const MAX_LIMIT = 100;
/** The first 409 goes out at once; further ones within this time are held back as long. */
const CONFLICT_SPACING_MS = 3000;

interface WaitingPoll {
  offset: number;
  limit: number;
  timer: Timer;
  resolve(updates: PendingUpdate[]): void;
  reject(error: ApiError): void;
}

export interface PollRequest {
  offset: number;
  limit: number;
  timeoutSeconds: number;
  /** Aborts when the client goes away: the poll is forgotten, nothing is confirmed. */
  signal: AbortSignal;
}

/** getUpdates of one bot: at most one request waits; a newer one ends it with 409. */
export class LongPoll {
  readonly #clock: Clock;
  readonly #queue: UpdateQueue;
  #waiting: WaitingPoll | undefined;
  #wakeScheduled = false;
  #previousOffset: number | undefined;
  #previousStartMs = Number.NEGATIVE_INFINITY;
  #nextConflictMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, queue: UpdateQueue) {
    this.#clock = clock;
    this.#queue = queue;
  }

  /** Is a request waiting for updates right now? */
  get isWaiting(): boolean {
    return this.#waiting !== undefined;
  }

  poll(request: PollRequest): Promise<PendingUpdate[]> | PendingUpdate[] {
    const { offset, limit, timeoutSeconds } = this.#slowDown(request);
    const updates = this.#queue.take(offset, limit);
    if (updates.length > 0 || timeoutSeconds === 0) return updates;
    this.end("terminated by other getUpdates request; make sure that only one bot instance is running");
    return this.#wait({ ...request, offset: Math.max(offset, 0), limit, timeoutSeconds });
  }

  /** Answers the waiting request 409. */
  end(reason: string): void {
    const waiting = this.#release();
    if (waiting === undefined) return;
    const answer = () => waiting.reject(new ApiError(409, `Conflict: ${reason}`));
    const now = this.#clock.monotonicMs();
    if (now >= this.#nextConflictMs) {
      this.#nextConflictMs = now + CONFLICT_SPACING_MS;
      answer();
    } else this.#clock.setTimer(CONFLICT_SPACING_MS, answer, { unref: true });
  }

  /** Something was pushed. Updates pushed in one go (an album) are answered in one go. */
  wake(): void {
    if (this.#waiting === undefined || this.#wakeScheduled) return;
    this.#wakeScheduled = true;
    setImmediate(() => {
      this.#wakeScheduled = false;
      const { offset, limit } = this.#waiting ?? {};
      if (offset === undefined || limit === undefined) return;
      const updates = this.#queue.take(offset, limit);
      if (updates.length > 0) this.#release()?.resolve(updates);
    });
  }

  /** The server's own brakes on clients that repeat an offset in a tight loop. */
  #slowDown(request: PollRequest): Pick<PollRequest, "offset" | "limit" | "timeoutSeconds"> {
    const now = this.#clock.monotonicMs();
    const { offset } = request;
    let limit = Math.min(Math.max(request.limit, 1), MAX_LIMIT);
    let timeoutSeconds = Math.min(Math.max(request.timeoutSeconds, 0), MAX_TIMEOUT_SECONDS);
    const sinceSameMs =
      offset === this.#previousOffset ? now - this.#previousStartMs : Number.POSITIVE_INFINITY;
    if (sinceSameMs < 3000 && timeoutSeconds < 3) timeoutSeconds = 3;
    if (sinceSameMs < 500) limit = 1;
    this.#previousOffset = offset;
    this.#previousStartMs = now;
    return { offset, limit, timeoutSeconds };
  }

  #wait({ offset, limit, timeoutSeconds, signal }: PollRequest): Promise<PendingUpdate[]> {
    return new Promise((resolve, reject) => {
      const onTimeout = () => this.#release()?.resolve([]);
      const timer = this.#clock.setTimer(timeoutSeconds * 1000, onTimeout, { unref: true });
      const mine: WaitingPoll = { offset, limit, timer, resolve, reject };
      this.#waiting = mine;
      signal.addEventListener(
        "abort",
        () => {
          if (this.#waiting === mine) this.#release()?.resolve([]);
        },
        { once: true },
      );
    });
  }

  #release(): WaitingPoll | undefined {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.timer.cancel();
    return waiting;
  }
}
