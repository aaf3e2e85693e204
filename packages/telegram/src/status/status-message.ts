import type { InlineKeyboardMarkup } from "@grammyjs/types";
import type { Clock } from "@steward/platform/clock";
import { createSilentLogger, type Logger } from "@steward/platform/logger";
import { BotApiError, isChatUnreachable, isMessageGone } from "../api/bot-api.ts";
import type { FormattedText } from "../formatting/formatted-text.ts";
import { LaneClosedError, type Lanes } from "../lanes/lanes.ts";

/** What a message shows: its text, and the buttons below it. */
export interface Frame extends FormattedText {
  replyMarkup?: InlineKeyboardMarkup | undefined;
}

export interface StatusMessageDeps {
  lanes: Lanes;
  clock: Clock;
  log?: Logger;
  chatId: string;
  /** Topic of a forum; empty elsewhere. */
  threadId: string;
  replyToMessageId?: number | null;
  /** The message, when it was sent before (a restart, a placeholder sent by someone else). */
  messageId?: number | null;
  /**
   * The message was sent and has this id. Awaited before its content is edited in: once the id is stored, everything
   * after it can be repeated without a second message appearing. The id answered is the one that counts.
   */
  onPlaced(messageId: number): Promise<number>;
}

/**
 * What is sent when only the final content is left to show. Never that content itself: a send whose answer got lost may
 * have arrived, and repeating it must not show the answer twice.
 */
const PLACEHOLDER: Frame = { text: "…", entities: [] };

/** Wait after a frame failed for another reason than flood control. */
const RETRY_MS = 5000;

/**
 * One message that grows: sent once and silently, then edited, ending in its final content. Frames are coalesced: only
 * the newest is ever sent, as fast as the chat's lane allows and not faster than a person can follow.
 */
export class StatusMessage {
  readonly #deps: StatusMessageDeps;
  readonly #log: Logger;
  #messageId: number | null;
  /** Sent, but `onPlaced` has not confirmed it yet. */
  #unconfirmedId: number | null = null;
  /** A former message that a person deleted. */
  #goneId: number | null = null;
  #bornAtMs: number;
  #pending: Frame | null = null;
  #notBeforeMs = Number.NEGATIVE_INFINITY;
  /** Sending frames right now. */
  #busy = false;
  /** Settles when the last round of frames is over. */
  #loop: Promise<void> = Promise.resolve();
  /** Ends waiting between frames; a frame in flight is left to land, so that it cannot land after the final one. */
  readonly #closing = new AbortController();
  /** The message was deleted or the chat cannot be reached: no more frames. */
  #lost = false;

  constructor(deps: StatusMessageDeps) {
    this.#deps = deps;
    this.#log = deps.log ?? createSilentLogger();
    this.#messageId = deps.messageId ?? null;
    this.#bornAtMs = deps.clock.monotonicMs();
  }

  /** Known once the message was sent. */
  get messageId(): number | null {
    return this.#messageId;
  }

  /** Shows this as soon as the chat allows, unless something newer comes first. Never throws. */
  update(frame: Frame): void {
    if (this.#closing.signal.aborted || this.#lost) return;
    this.#pending = frame;
    if (this.#busy) return;
    this.#busy = true;
    this.#loop = this.#sendFrames();
  }

  /** Drops what is not sent yet and waits for what is. After this nothing touches the message but `final`. */
  async stop(): Promise<void> {
    this.#pending = null;
    this.#closing.abort();
    await this.#loop;
  }

  /**
   * Ends the stream of frames and shows the last content, ahead of everything else in the chat. Resolves with the
   * message's id when Telegram has confirmed it. Can be called again after it failed.
   *
   * @throws LaneDeferredError · LaneClosedError · BotApiError · BotNetworkError · what `onPlaced` throws
   */
  async final(frame: Frame): Promise<number> {
    await this.stop();
    const placed = this.#messageId;
    if (placed !== null) {
      try {
        await this.#edit(placed, frame);
        return placed;
      } catch (error) {
        if (!isMessageGone(error)) throw error;
        // A person deleted it. The answer is worth a new message.
        this.#log.info({ err: error }, "the status message is gone; sending a new one");
        this.#goneId = placed;
        this.#messageId = null;
      }
    }
    const messageId = await this.#place(PLACEHOLDER, "final");
    await this.#edit(messageId, frame);
    return messageId;
  }

  async #sendFrames(): Promise<void> {
    const { clock, lanes, chatId } = this.#deps;
    while (this.#pending !== null && !this.#closing.signal.aborted && !this.#lost) {
      const waitMs = this.#notBeforeMs - clock.monotonicMs();
      if (waitMs > 0) {
        await clock.sleep(waitMs, this.#closing.signal).catch(() => {
          // Aborted: the loop's condition ends it.
        });
        continue;
      }
      const frame = this.#pending;
      this.#pending = null;
      const retryAfterMs = await this.#show(frame);
      if (retryAfterMs === null) {
        const ageMs = clock.monotonicMs() - this.#bornAtMs;
        this.#notBeforeMs = clock.monotonicMs() + lanes.editIntervalMs(chatId, ageMs);
      } else {
        this.#pending ??= frame;
        this.#notBeforeMs = clock.monotonicMs() + retryAfterMs;
      }
    }
    // In the same breath as the last look at what is pending: a frame that comes next starts a new round.
    this.#busy = false;
  }

  /** Sends one frame. Null when it is done with, else after how long to try again. */
  async #show(frame: Frame): Promise<number | null> {
    const { lanes } = this.#deps;
    try {
      if (this.#messageId === null) {
        await this.#place(frame, "command");
        return null;
      }
      const offer = await lanes.offer("editMessageText", this.#editArguments(this.#messageId, frame));
      return offer.outcome === "dropped" ? offer.retryAfterMs : null;
    } catch (error) {
      this.#lost = willNotPass(error, this.#messageId === null);
      this.#log.warn({ err: error, lost: this.#lost }, "a progress frame was not shown");
      return RETRY_MS;
    }
  }

  /** Sends the message and has its id stored; each of the two is repeated only until it has succeeded once. */
  async #place(frame: Frame, priority: "final" | "command"): Promise<number> {
    const { lanes, clock, chatId, onPlaced } = this.#deps;
    if (this.#unconfirmedId === null) {
      const sent = await lanes.call("sendMessage", this.#sendArguments(frame), { priority });
      this.#unconfirmedId = sent.message_id;
      this.#bornAtMs = clock.monotonicMs();
    }
    const sentId = this.#unconfirmedId;
    const keptId = await onPlaced(sentId);
    this.#unconfirmedId = null;
    this.#messageId = keptId === this.#goneId ? sentId : keptId;
    if (this.#messageId !== sentId) {
      // Another one was stored first (by a former process, say). Ours says nothing and goes.
      lanes.call("deleteMessage", { chat_id: chatId, message_id: sentId }).catch((error: unknown) => {
        this.#log.warn({ err: error }, "a superfluous placeholder could not be deleted");
      });
    }
    return this.#messageId;
  }

  /** Without a sound: the content comes by edit, and an answer should notify once at most. */
  #sendArguments(frame: Frame) {
    const { chatId, threadId, replyToMessageId } = this.#deps;
    return {
      chat_id: chatId,
      ...(threadId === "" ? {} : { message_thread_id: Number(threadId) }),
      ...contentOf(frame),
      disable_notification: true,
      ...(replyToMessageId
        ? { reply_parameters: { message_id: replyToMessageId, allow_sending_without_reply: true } }
        : {}),
    };
  }

  async #edit(messageId: number, frame: Frame): Promise<void> {
    await this.#deps.lanes.call("editMessageText", this.#editArguments(messageId, frame), {
      priority: "final",
    });
  }

  #editArguments(messageId: number, frame: Frame) {
    return { chat_id: this.#deps.chatId, message_id: messageId, ...contentOf(frame) };
  }
}

export function createStatusMessage(deps: StatusMessageDeps): StatusMessage {
  return new StatusMessage(deps);
}

/** Whether further frames have no chance: the message or the chat is gone, or it could not be sent in the first place. */
function willNotPass(error: unknown, whilePlacing: boolean): boolean {
  if (isMessageGone(error) || isChatUnreachable(error) || error instanceof LaneClosedError) return true;
  return whilePlacing && error instanceof BotApiError && !error.maybeSent;
}

/** Previews are off: they are noise below an answer, and they make Telegram's servers fetch what the model wrote. */
function contentOf({ text, entities, replyMarkup }: Frame) {
  return {
    text,
    entities,
    link_preview_options: { is_disabled: true },
    ...(replyMarkup === undefined ? {} : { reply_markup: replyMarkup }),
  };
}
