import type { TurnSnapshot } from "@steward/contract/deliveries";
import type { ChatAddress } from "@steward/contract/ids";
import type { TurnEvent } from "@steward/contract/turn-events";
import { type ReleasedStatus, TurnStatus, type TurnStatusDeps } from "./turn-status.ts";
import { applyTurnEvent, createTurnView } from "./turn-view.ts";

export interface StatusBoardDeps extends TurnStatusDeps {
  /** A turn has begun or ended in this chat; for the typing indicator. */
  onActivity(address: ChatAddress, isActive: boolean): void;
  /** False while an earlier answer has yet to find its place in the chat. */
  mayPlace(address: ChatAddress): boolean;
}

/** Ended turns remembered, for the note after a long one. */
const REMEMBERED = 200;

/**
 * The status messages of the turns that are open now. Answers are edited into them, so their order in a chat is the
 * order of the answers: they are placed in the order of the turns, whichever turn is first to need one.
 */
export class StatusBoard {
  readonly #deps: StatusBoardDeps;
  /** In the order in which the turns were opened. */
  readonly #turns = new Map<string, TurnStatus>();

  constructor(deps: StatusBoardDeps) {
    this.#deps = deps;
  }

  /** The open turns, all of them; those not among them have ended out of our sight. */
  reset(open: readonly TurnSnapshot[]): void {
    const ids = new Set(open.map(({ turnId }) => turnId));
    for (const [turnId, turn] of this.#turns) {
      if (ids.has(turnId) || turn.view.ended) continue;
      turn.end();
      this.#tellActivity(turn.view);
    }
    for (const turn of open) this.open(turn);
  }

  open(snapshot: TurnSnapshot): void {
    const view = createTurnView(snapshot);
    const known = this.#inChat(snapshot);
    if (known?.view.ended === true) return;
    const turn: TurnStatus = known ?? new TurnStatus(view, this.#deps, () => this.#placeInOrder(turn));
    this.#turns.set(snapshot.turnId, turn);
    this.#forgetOldest();
    // Sent before a restart: what it is edited into later is this message, whoever sent it.
    if (snapshot.placeholderId !== null) turn.place(snapshot.placeholderId);
    turn.show(view);
    this.#tellActivity(view);
  }

  apply(event: TurnEvent): void {
    const turn = this.#turns.get(event.turnId);
    if (turn === undefined || turn.view.ended) return;
    turn.show(applyTurnEvent(turn.view, event));
    this.#tellActivity(turn.view);
  }

  /** A person pressed stop: said at once, even if it takes a moment. */
  markStopping(turnId: string): void {
    const turn = this.#turns.get(turnId);
    if (turn !== undefined && !turn.view.ended) turn.show({ ...turn.view, activity: "stopping" });
  }

  /** Is anything running or waiting in this chat? */
  isBusy(address: ChatAddress): boolean {
    return this.#openIn(address).length > 0;
  }

  /** An answer was shown down to this message; what is still at work goes on below it. */
  keepBelow(address: ChatAddress, shownUpTo: number): void {
    for (const turn of this.#openIn(address)) void turn.keepBelow(shownUpTo);
  }

  /** Ends a turn's status message and answers it, once nothing of it is on its way any more; null: none in this chat. */
  async release(turnId: string, chatId: string): Promise<ReleasedStatus | null> {
    const turn = this.#turns.get(turnId);
    const released = (await turn?.release()) ?? null;
    return turn?.view.chatId === chatId ? released : null;
  }

  /** When a turn that was seen here began; null when it was not. UTC ms. */
  startedAt(turnId: string): number | null {
    return this.#turns.get(turnId)?.view.startedAt ?? null;
  }

  /** Resolves when no status message is on its way. */
  async stop(): Promise<void> {
    await Promise.all([...this.#turns.values()].map((turn) => turn.release()));
  }

  /** What is shown of a turn in the chat where it is now. A chat that has moved has other messages. */
  #inChat({ turnId, chatId }: TurnSnapshot): TurnStatus | undefined {
    const known = this.#turns.get(turnId);
    if (known === undefined || known.view.chatId === chatId) return known;
    known.end();
    this.#turns.delete(turnId);
    this.#tellActivity(known.view);
    return undefined;
  }

  #placeInOrder(due: TurnStatus): boolean {
    if (!this.#deps.mayPlace(due.view)) return false;
    for (const turn of this.#openIn(due.view)) {
      turn.place(null);
      if (turn === due) break;
    }
    return true;
  }

  #openIn({ chatId, threadId }: ChatAddress): TurnStatus[] {
    return [...this.#turns.values()].filter(
      ({ view }) => !view.ended && view.chatId === chatId && view.threadId === threadId,
    );
  }

  #tellActivity(address: ChatAddress): void {
    const isAtWork = this.#openIn(address).some(({ view }) => view.activity !== "queued");
    this.#deps.onActivity(address, isAtWork);
  }

  #forgetOldest(): void {
    for (const [turnId, { view }] of this.#turns) {
      if (this.#turns.size <= REMEMBERED) return;
      if (view.ended) this.#turns.delete(turnId);
    }
  }
}
