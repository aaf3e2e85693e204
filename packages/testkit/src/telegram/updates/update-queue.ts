import type { Clock } from "@steward/platform/clock";
import { AllowedUpdates, type UpdateType } from "./update-types.ts";

/** An update on its way to a bot: at least an id, anything else when injected raw. */
export interface PendingUpdate {
  readonly update_id: number;
  readonly [field: string]: unknown;
}

interface Entry {
  update: PendingUpdate;
  expiresAtMs: number;
  /** Injected with an id of its own: it is handed out once even when that id was confirmed long ago. */
  insistent: boolean;
  delivered: boolean;
}

/** Unfetched updates are dropped after this. */
const KEPT_MS = 24 * 60 * 60 * 1000;
/** An offset further than this above the newest id is taken for stale and ignored. */
const FUTURE_OFFSET_TOLERANCE = 10;

/**
 * The updates a bot has not confirmed. They stay until a request confirms them with a higher offset, so redelivery
 * after a crash can be tested; `onPush` wakes whoever waits (long poll, webhook).
 */
export class UpdateQueue {
  readonly allowed = new AllowedUpdates();
  onPush: () => void = () => undefined;
  readonly #clock: Clock;
  #entries: Entry[] = [];
  #nextId: number;

  constructor(clock: Clock, firstId: number) {
    this.#clock = clock;
    this.#nextId = firstId;
  }

  /** Appends an update if the bot wants its type. Returns its id, or undefined when it was filtered out. */
  push(type: UpdateType, payload: unknown): number | undefined {
    if (!this.allowed.accepts(type)) return undefined;
    return this.#append({ update_id: this.#nextId++, [type]: payload }, false);
  }

  /** Appends anything at all, unfiltered. With an `update_id` it keeps it: duplicate, out of order, from the past. */
  pushRaw(update: Readonly<Record<string, unknown>>): number {
    const id = update.update_id;
    if (typeof id !== "number") return this.#append({ ...update, update_id: this.#nextId++ }, false);
    this.#nextId = Math.max(this.#nextId, id + 1);
    return this.#append({ ...update, update_id: id }, true);
  }

  /** The next update gets this id: a gap when higher, the reset after a quiet week when lower. */
  setNextId(id: number): void {
    this.#nextId = id;
  }

  /** Confirms what lies below `offset` and returns the first `limit` of the rest. See getUpdates. */
  take(offset: number, limit: number): PendingUpdate[] {
    this.#dropExpired();
    if (offset < 0) this.#keepLast(-offset);
    else if (offset > 0 && offset <= this.#nextId + FUTURE_OFFSET_TOLERANCE) this.#confirmBelow(offset);
    const taken = this.#entries.slice(0, limit);
    for (const entry of taken) entry.delivered = true;
    return taken.map(({ update }) => update);
  }

  /** Forgets one update, as a successful webhook call does. */
  confirm(done: PendingUpdate): void {
    this.#entries = this.#entries.filter(({ update }) => update !== done);
  }

  clear(): void {
    this.#entries = [];
  }

  /** What waits, oldest first, delivered but unconfirmed ones included. */
  pending(): PendingUpdate[] {
    this.#dropExpired();
    return this.#entries.map(({ update }) => update);
  }

  #append(update: PendingUpdate, insistent: boolean): number {
    this.#entries.push({ update, insistent, delivered: false, expiresAtMs: this.#clock.now() + KEPT_MS });
    this.onPush();
    return update.update_id;
  }

  #confirmBelow(offset: number): void {
    this.#entries = this.#entries.filter(
      ({ update, insistent, delivered }) => update.update_id >= offset || (insistent && !delivered),
    );
  }

  #keepLast(count: number): void {
    this.#entries = this.#entries.slice(-count);
  }

  #dropExpired(): void {
    const now = this.#clock.now();
    if (this.#entries.some(({ expiresAtMs }) => expiresAtMs <= now)) {
      this.#entries = this.#entries.filter(({ expiresAtMs }) => expiresAtMs > now);
    }
  }
}
