import type { TurnEventLog } from "../turns/turn-event-log.ts";
import type { Hold } from "./turn-gate.ts";

/** A chat's queue: turn ids in the order of their arrival. Whoever watches a turn is told its place when it changes. */
export class WaitingTurns {
  readonly #events: TurnEventLog;
  #ids: string[] = [];
  /** Of those that go ahead of others; all others have 0. */
  readonly #ranks = new Map<string, number>();

  constructor(events: TurnEventLog) {
    this.#events = events;
  }

  get ids(): readonly string[] {
    return this.#ids;
  }
  get first(): string | null {
    return this.#ids[0] ?? null;
  }
  get isEmpty(): boolean {
    return this.#ids.length === 0;
  }

  /** Behind all of at least its rank. */
  add(turnId: string, rank = 0): void {
    const at = this.#ids.findIndex((id) => this.#rankOf(id) < rank);
    this.#ids.splice(at < 0 ? this.#ids.length : at, 0, turnId);
    if (rank > 0) this.#ranks.set(turnId, rank);
  }

  /** Back to the head: it had been taken, and starts over. */
  putBack(turnId: string): void {
    this.#ids.unshift(turnId);
    this.#ranks.set(turnId, Number.POSITIVE_INFINITY);
  }

  /** Ahead of all others; false when it does not wait here. */
  putFirst(turnId: string): boolean {
    if (!this.remove(turnId)) return false;
    this.putBack(turnId);
    return true;
  }

  take(): string | null {
    const [first = null] = this.#ids;
    if (first !== null) this.remove(first);
    return first;
  }

  /** False when the turn does not wait here. */
  remove(turnId: string): boolean {
    const index = this.#ids.indexOf(turnId);
    if (index < 0) return false;
    this.#ids.splice(index, 1);
    this.#ranks.delete(turnId);
    return true;
  }

  /** Takes all out, but for the first `keep`. */
  takeBehind(keep: number): string[] {
    const taken = this.#ids.splice(keep);
    for (const turnId of taken) this.#ranks.delete(turnId);
    return taken;
  }

  #rankOf(turnId: string): number {
    return this.#ranks.get(turnId) ?? 0;
  }

  /** Tells all that they wait for memory, and how much of it is free. */
  tellShortOfMemory(freeMb: number): void {
    this.#ids.forEach((turnId, index) => {
      this.#events.append(turnId, { type: "queued", position: index + 1, held: false, freeMb });
    });
  }

  /**
   * Tells places, 1 = next, and what holds them. The first `onTheirWay` do not wait any more: a process is being started
   * for them.
   */
  tellPlaces(onTheirWay: number, hold: Hold | null): void {
    this.#ids.slice(onTheirWay).forEach((turnId, index) => {
      const position = index + 1;
      const live = this.#events.live(turnId);
      if (!live) return;
      const told = live.position === position && live.held === (hold !== null);
      if (told && live.hold?.kind === hold?.kind && live.hold?.until === hold?.until) return;
      const why = hold === null ? {} : { hold: { kind: hold.kind, until: hold.until } };
      this.#events.append(turnId, { type: "queued", position, held: hold !== null, ...why });
    });
  }
}
