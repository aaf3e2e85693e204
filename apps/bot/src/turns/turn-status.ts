import type { Clock, Timer } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import type { Lanes } from "@steward/telegram/lanes";
import { createStatusMessage, type Frame, type StatusMessage } from "@steward/telegram/status-message";
import { renderStatus } from "@steward/telegram/status-text";
import { createKeyboard } from "../outbound/keyboard.ts";
import type { Messenger } from "../outbound/messenger.ts";
import type { Steward } from "../steward/steward.ts";
import { type TurnView, toStatusView } from "./turn-view.ts";

export interface TurnStatusDeps {
  lanes: Lanes;
  messenger: Pick<Messenger, "remove">;
  steward: Pick<Steward, "setPlaceholder">;
  clock: Clock;
  log: Logger;
}

/** The message that a turn's answer goes into. */
export interface ReleasedStatus {
  messageId: number;
  /** The one that the API still holds for the turn, when the status message has moved since. */
  replaces: number | null;
}

type StatusButton = { kind: "stop" | "advance" | "drop"; turnId: string };

/** Answers quicker than this need no status message; slower ones are to have it within a second. */
const PLACE_AFTER_MS = 400;
/** A turn that only passes through the queue is not told as queued. */
const QUEUED_AFTER_MS = 300;
/** This much text is worth showing before that. */
const PLACE_AT_CHARACTERS = 30;
/** How often the elapsed time is renewed when nothing else happens. */
const TICK_MS = 5_000;
/** Events come by the dozen; a frame is drawn for what they add up to. */
const FRAME_MS = 200;
/** How soon to look again whether the message may be placed. */
const HELD_BACK_MS = 300;

/** The status message of one turn: from its first second to its answer. */
export class TurnStatus {
  readonly #deps: TurnStatusDeps;
  /** It is time for the message; answers false when it must not be placed yet. */
  readonly #onDue: () => boolean;
  #view: TurnView;
  #message: StatusMessage | null = null;
  /** The message that was reported for the turn, after another one has taken its place. */
  #moved: number | null = null;
  /** When to place the message or, once there is one, to renew it. */
  #timer: Timer | null = null;
  #timerDueMs = 0;

  constructor(view: TurnView, deps: TurnStatusDeps, onDue: () => boolean) {
    this.#view = view;
    this.#deps = deps;
    this.#onDue = onDue;
  }

  get view(): TurnView {
    return this.#view;
  }

  /** There is a message, or one is on its way. */
  get isPlaced(): boolean {
    return this.#message !== null;
  }

  show(view: TurnView): void {
    this.#view = view;
    if (view.ended) this.end();
    else this.#wake(this.#message === null ? this.#dueInMs() : FRAME_MS);
  }

  /** Places the message now; `messageId` when it was sent before (by this process or the one before it). */
  place(messageId: number | null): void {
    if (this.#message !== null || this.#view.ended) return;
    this.#message = this.#createMessage(messageId, (placed) => this.#report(placed));
    this.#message.update(this.#frame());
    this.#wake(TICK_MS);
  }

  /** Something longer was shown below the message: a new one, at the end of the chat, takes its place. */
  async keepBelow(shownUpTo: number): Promise<void> {
    const old = this.#message?.messageId ?? null;
    if (old === null || old >= shownUpTo) return;
    await this.#message?.stop();
    if (this.#view.ended) return;
    this.#moved ??= old;
    this.#message = this.#createMessage(null, async (placed) => {
      const counts = await this.#report(placed);
      if (counts === placed) await this.#deps.messenger.remove(this.#view, old);
      return counts;
    });
    this.#message.update(this.#frame());
  }

  /** Nothing more is shown; what is on its way lands. */
  end(): void {
    this.#view = { ...this.#view, ended: true };
    this.#timer?.cancel();
    this.#timer = null;
    void this.#message?.stop();
  }

  /** Ends it and answers its message, once nothing of it is on its way any more. */
  async release(): Promise<ReleasedStatus | null> {
    this.end();
    await this.#message?.stop();
    const messageId = this.#message?.messageId ?? this.#moved;
    if (messageId === null) return null;
    return { messageId, replaces: messageId === this.#moved ? null : this.#moved };
  }

  #dueInMs(): number {
    const { activity, text, receivedAt } = this.#view;
    if (text.length >= PLACE_AT_CHARACTERS) return 0;
    const ageMs = Math.max(this.#deps.clock.now() - receivedAt, 0);
    return Math.max((activity === "queued" ? QUEUED_AFTER_MS : PLACE_AFTER_MS) - ageMs, 0);
  }

  /** Acts on the turn within `ms`, or sooner if that is arranged already. */
  #wake(ms: number): void {
    const { clock } = this.#deps;
    const dueMs = clock.monotonicMs() + ms;
    if (this.#view.ended || (this.#timer !== null && this.#timerDueMs <= dueMs)) return;
    this.#timer?.cancel();
    this.#timerDueMs = dueMs;
    this.#timer = clock.setTimer(ms, () => {
      this.#timer = null;
      if (this.#message !== null) {
        this.#message.update(this.#frame());
        this.#wake(TICK_MS);
      } else if (!this.#onDue()) this.#wake(HELD_BACK_MS);
    });
  }

  #createMessage(messageId: number | null, onPlaced: (messageId: number) => Promise<number>): StatusMessage {
    const { lanes, clock, log } = this.#deps;
    const { turnId, chatId, threadId, activity, replyToMessageId } = this.#view;
    return createStatusMessage({
      lanes,
      clock,
      log: log.child({ turnId }),
      chatId,
      threadId,
      // In a chat of two the answer stands below its question anyway, unless others came in between.
      replyToMessageId: activity === "queued" || chatId.startsWith("-") ? replyToMessageId : null,
      messageId,
      onPlaced,
    });
  }

  async #report(placed: number): Promise<number> {
    const { steward, messenger, log } = this.#deps;
    const { turnId } = this.#view;
    const counts = await steward.setPlaceholder(turnId, placed, this.#moved ?? undefined).then(
      (known) => {
        this.#moved = null;
        return known;
      },
      (error: unknown) => {
        // The delivery claims the message itself; until then it is ours to edit.
        log.warn({ err: error, turnId }, "the API did not take the status message");
        return placed;
      },
    );
    if (counts !== placed) await messenger.remove(this.#view, placed);
    // The text follows by edit, now that the message is known.
    this.#wake(FRAME_MS);
    return counts;
  }

  /** A message that may yet be sent twice carries no text of the answer, lest a stray copy be taken for it. */
  #frame(): Frame {
    const view = this.#view;
    const isKnown = this.#message !== null && this.#message.messageId !== null && this.#moved === null;
    const status = toStatusView(view, this.#deps.clock.now());
    return {
      ...renderStatus(isKnown ? status : { ...status, text: "" }),
      replyMarkup: createKeyboard(view.language, buttonsOf(view)),
    };
  }
}

/** What can be done about a turn as it stands. */
function buttonsOf({ activity, turnId }: TurnView): StatusButton[] {
  if (activity === "stopping") return [];
  if (activity !== "queued") return [{ kind: "stop", turnId }];
  return [
    { kind: "advance", turnId },
    { kind: "drop", turnId },
  ];
}
