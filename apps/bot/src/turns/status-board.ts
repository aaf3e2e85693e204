import type { TurnSnapshot } from "@steward/contract/deliveries";
import type { ChatAddress } from "@steward/contract/ids";
import type { TurnEvent } from "@steward/contract/turn-events";
import type { Clock, Timer } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import type { Lanes } from "@steward/telegram/lanes";
import { createStatusMessage, type Frame, type StatusMessage } from "@steward/telegram/status-message";
import { renderStatus } from "@steward/telegram/status-text";
import { createKeyboard } from "../outbound/keyboard.ts";
import type { Messenger } from "../outbound/messenger.ts";
import type { Steward } from "../steward/steward.ts";
import { applyTurnEvent, createTurnView, type TurnView, toStatusView } from "./turn-view.ts";

export interface StatusBoardDeps {
  lanes: Lanes;
  messenger: Pick<Messenger, "remove">;
  steward: Pick<Steward, "setPlaceholder">;
  /** A turn has begun or ended in this chat; for the typing indicator. */
  onActivity(address: ChatAddress, isActive: boolean): void;
  clock: Clock;
  log: Logger;
}

/** Answers quicker than this need no status message. */
const PLACE_AFTER_MS = 1_000;
/** A turn that only passes through the queue is not told as queued. */
const QUEUED_AFTER_MS = 300;
/** This much text is worth showing before its second is over. */
const PLACE_AT_CHARACTERS = 30;
/** How often the elapsed time is renewed when nothing else happens. */
const TICK_MS = 5_000;
/** Events come by the dozen; a frame is drawn for what they add up to. */
const FRAME_MS = 200;
/** Ended turns remembered, for the note after a long one. */
const REMEMBERED = 200;

interface LiveTurn {
  view: TurnView;
  message: StatusMessage | null;
  /** When to place the message or, once there is one, to renew it. */
  timer: Timer | null;
  timerDueMs: number;
}

/** The status messages of the turns that are open now: one per turn, from its first second to its answer. */
export class StatusBoard {
  readonly #deps: StatusBoardDeps;
  readonly #turns = new Map<string, LiveTurn>();

  constructor(deps: StatusBoardDeps) {
    this.#deps = deps;
  }

  /** The open turns, all of them; those not among them have ended out of our sight. */
  reset(open: readonly TurnSnapshot[]): void {
    const ids = new Set(open.map(({ turnId }) => turnId));
    for (const [turnId, turn] of this.#turns) {
      if (!ids.has(turnId) && !turn.view.ended) this.#end(turn);
    }
    for (const turn of open) this.open(turn);
  }

  open(snapshot: TurnSnapshot): void {
    const known = this.#turns.get(snapshot.turnId);
    if (known?.view.ended === true) return;
    const view = createTurnView(snapshot);
    const turn: LiveTurn = known ?? { view, message: null, timer: null, timerDueMs: 0 };
    turn.view = view;
    this.#turns.set(snapshot.turnId, turn);
    this.#forgetOldest();
    if (turn.view.ended) return;
    // Sent before a restart: what it is edited into later is this message, whoever sent it.
    if (turn.message === null && snapshot.placeholderId !== null) this.#place(turn, snapshot.placeholderId);
    this.#show(turn);
  }

  apply(event: TurnEvent): void {
    const turn = this.#turns.get(event.turnId);
    if (turn === undefined || turn.view.ended) return;
    turn.view = applyTurnEvent(turn.view, event);
    if (turn.view.ended) this.#end(turn);
    else this.#show(turn);
  }

  /** A person pressed stop: said at once, even if it takes a moment. */
  markStopping(turnId: string): void {
    const turn = this.#turns.get(turnId);
    if (turn === undefined || turn.view.ended) return;
    turn.view = { ...turn.view, activity: "stopping" };
    this.#show(turn);
  }

  /** Is anything running or waiting in this chat? */
  isBusy({ chatId, threadId }: ChatAddress): boolean {
    return [...this.#turns.values()].some(
      ({ view }) => !view.ended && view.chatId === chatId && view.threadId === threadId,
    );
  }

  /** Ends a turn's status message and answers its id, once nothing of it is on its way any more. */
  async release(turnId: string): Promise<number | null> {
    const turn = this.#turns.get(turnId);
    if (turn === undefined) return null;
    turn.view = { ...turn.view, ended: true };
    this.#end(turn);
    await turn.message?.stop();
    return turn.message?.messageId ?? null;
  }

  /** When a turn that was seen here began; null when it was not. UTC ms. */
  startedAt(turnId: string): number | null {
    return this.#turns.get(turnId)?.view.startedAt ?? null;
  }

  /** Resolves when no status message is on its way. */
  async stop(): Promise<void> {
    await Promise.all([...this.#turns.keys()].map((turnId) => this.release(turnId)));
  }

  #show(turn: LiveTurn): void {
    const { view } = turn;
    this.#deps.onActivity(view, this.#isWorking(view));
    if (turn.message !== null) {
      this.#wake(turn, FRAME_MS);
      return;
    }
    const ageMs = Math.max(this.#deps.clock.now() - view.receivedAt, 0);
    const dueMs = view.activity === "queued" ? QUEUED_AFTER_MS : PLACE_AFTER_MS;
    this.#wake(turn, view.text.length >= PLACE_AT_CHARACTERS ? 0 : Math.max(dueMs - ageMs, 0));
  }

  /** Acts on the turn within `ms`, or sooner if that is arranged already. */
  #wake(turn: LiveTurn, ms: number): void {
    const { clock } = this.#deps;
    const dueMs = clock.monotonicMs() + ms;
    if (turn.timer !== null && turn.timerDueMs <= dueMs) return;
    turn.timer?.cancel();
    turn.timerDueMs = dueMs;
    turn.timer = clock.setTimer(ms, () => {
      turn.timer = null;
      if (turn.view.ended) return;
      if (turn.message === null) this.#place(turn, null);
      else turn.message.update(this.#frame(turn));
      this.#wake(turn, TICK_MS);
    });
  }

  #place(turn: LiveTurn, messageId: number | null): void {
    const { lanes, clock, log } = this.#deps;
    const { turnId, chatId, threadId, activity, replyToMessageId } = turn.view;
    turn.message = createStatusMessage({
      lanes,
      clock,
      log: log.child({ turnId }),
      chatId,
      threadId,
      // In a chat of two the answer stands below its question anyway, unless others came in between.
      replyToMessageId: activity === "queued" || chatId.startsWith("-") ? replyToMessageId : null,
      messageId,
      onPlaced: (placed) => this.#report(turn, placed),
    });
    turn.message.update(this.#frame(turn));
  }

  async #report(turn: LiveTurn, placed: number): Promise<number> {
    const { steward, messenger, log } = this.#deps;
    const { turnId } = turn.view;
    const counts = await steward.setPlaceholder(turnId, placed).catch((error: unknown) => {
      // The delivery claims the message itself; until then it is ours to edit.
      log.warn({ err: error, turnId }, "the API did not take the status message");
      return placed;
    });
    if (counts !== placed) await messenger.remove(turn.view, placed);
    // The text follows by edit, now that the message is known.
    if (!turn.view.ended) this.#wake(turn, FRAME_MS);
    return counts;
  }

  /** A message that may yet be sent twice carries no text of the answer, lest a stray copy be taken for it. */
  #frame({ view, message }: LiveTurn): Frame {
    const isPlaced = message !== null && message.messageId !== null;
    const status = toStatusView(view, this.#deps.clock.now());
    return {
      ...renderStatus(isPlaced ? status : { ...status, text: "" }),
      replyMarkup: createKeyboard(
        view.language,
        view.activity === "stopping" ? [] : [{ kind: "stop", turnId: view.turnId }],
      ),
    };
  }

  #end(turn: LiveTurn): void {
    turn.view = { ...turn.view, ended: true };
    turn.timer?.cancel();
    turn.timer = null;
    this.#deps.onActivity(turn.view, this.#isWorking(turn.view));
    void turn.message?.stop();
  }

  #isWorking({ chatId, threadId }: ChatAddress): boolean {
    return [...this.#turns.values()].some(
      ({ view }) =>
        !view.ended && view.activity !== "queued" && view.chatId === chatId && view.threadId === threadId,
    );
  }

  #forgetOldest(): void {
    for (const [turnId, { view }] of this.#turns) {
      if (this.#turns.size <= REMEMBERED) return;
      if (view.ended) this.#turns.delete(turnId);
    }
  }
}
