import type { TurnEventLog } from "../turns/turn-event-log.ts";
import type { Hold } from "./turn-gate.ts";

/** A chat's queue: turn ids in the order of their arrival. Whoever watches a turn is told its place when it changes. */
export class WaitingTurns {
  readonly #events: TurnEventLog;
  #ids: string[] = [];

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

  add(turnId: string): void {
    this.#ids.push(turnId);
  }

  /** Back to the head: it had been taken, and starts over. */
  putBack(turnId: string): void {
    this.#ids.unshift(turnId);
  }

  take(): string | null {
    return this.#ids.shift() ?? null;
  }

  /** False when the turn does not wait here. */
  remove(turnId: string): boolean {
    const index = this.#ids.indexOf(turnId);
    if (index < 0) return false;
    this.#ids.splice(index, 1);
    return true;
  }

  /** Takes all out, but for the first `keep`. */
  takeBehind(keep: number): string[] {
    return this.#ids.splice(keep);
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
