import type { ChatRecord } from "../chats/chat-repository.ts";
import type { StorageWatch } from "../storage/storage-watch.ts";
import type { TriageDesk } from "../triage/triage-desk.ts";
import type { ActiveTurn } from "./active-turn.ts";
import type { SessionMachine } from "./session-machine.ts";
import type { TurnGate } from "./turn-gate.ts";
import type { WaitingTurns } from "./waiting-turns.ts";

export interface HeadOfQueueDeps {
  chat: ChatRecord;
  waiting: WaitingTurns;
  active: Pick<ActiveTurn, "run">;
  machine: Pick<SessionMachine, "live" | "state">;
  gate: Pick<TurnGate, "heldBy">;
  /** A turn at the head may still have to be judged: until then it waits. */
  triage: Pick<TriageDesk, "isJudging">;
  storage: Pick<StorageWatch, "isDown">;
}

/** The first turn that waits in a chat: whether it may be taken up, and what a stop means by it. */
export class HeadOfQueue {
  readonly #deps: HeadOfQueueDeps;
  #closed = false;

  constructor(deps: HeadOfQueueDeps) {
    this.#deps = deps;
  }

  /** No further turn is taken up. */
  close(): void {
    this.#closed = true;
  }

  get mayBeTaken(): boolean {
    const { waiting, storage, gate, chat } = this.#deps;
    if (waiting.isEmpty || this.#closed || storage.isDown) return false;
    return !this.isJudged && gate.heldBy(chat) === null;
  }

  /** Whether it needs the session at all is not known yet. */
  get isJudged(): boolean {
    const { first } = this.#deps.waiting;
    return this.#deps.active.run === null && first !== null && this.#deps.triage.isJudging(first);
  }

  /** What a stop means while nothing runs: it is on its way, or nothing but the last process is before it. */
  get isMeant(): boolean {
    if (this.#deps.active.run !== null) return false;
    return this.isJudged || (this.#deps.machine.live && this.mayBeTaken);
  }

  /** Takes every turn out that waits behind it. */
  takeOthers(): string[] {
    return this.#deps.waiting.takeBehind(this.isMeant ? 1 : 0);
  }

  /** Tells the places: the head of a starting session is on its way, not waiting. */
  tellPlaces(): void {
    const { waiting, gate, chat, active, machine } = this.#deps;
    if (waiting.isEmpty) return;
    const isOnItsWay = active.run === null && machine.live && machine.state !== "stopping" && this.mayBeTaken;
    waiting.tellPlaces(isOnItsWay ? 1 : 0, gate.heldBy(chat));
  }
}
