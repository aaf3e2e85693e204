import type { ChatAddress } from "@steward/contract/ids";
import type { TurnEvent } from "@steward/contract/turn-events";
import type { Language, TurnSource } from "@steward/schema/enums";
import type { TurnRecord } from "./turn-record.ts";

/** A prompt at the door. */
export interface SubmitTurn {
  address: ChatAddress;
  text: string;
  /** Files that were sent to this chat and come with it. */
  fileIds?: readonly string[];
  /** What the files are called that came with it and are still to be fetched: for the history. */
  attachmentNames?: readonly string[];
  source: TurnSource;
  language: Language;
  userId: string | null;
  userName: string | null;
  /** The message this answers, for front ends that can reply. */
  replyToMessageId: number | null;
  /** Unique per thing to do within `keyScope`; null only where another uniqueness protects the door (the inbox). */
  idempotencyKey: { scope: string; key: string } | null;
  /** The message that the text is, where there is one: an edit of it reaches the turn while it waits. */
  messageId?: number | null;
  /** It is next in its chat, ahead of all that waits. */
  isNext?: boolean;
  /** Until when (UTC ms) it waits for further messages that belong to it; absent or null: it is whole. */
  gatherUntil?: number | null;
  /** Deliver the result through the outbox (Telegram), or leave it to whoever waits for it (HTTP). */
  deliver: boolean;
}

/** A further message of a turn that has not begun. */
export interface TurnExtension {
  /** What stands between it and what was said before. */
  joint: string;
  text: string;
  /** As in SubmitTurn. */
  attachmentNames?: readonly string[];
  /** The answer goes to the last message. */
  replyToMessageId: number | null;
  /** As in SubmitTurn, from now on. */
  gatherUntil: number | null;
}

/** One item of a turn's stream. `id` belongs to a committed chunk; null = live, not yet committed. */
export interface TurnStreamItem {
  id: string | null;
  /** Null: only the id moves on (what was sent live before is now committed). */
  event: TurnEvent | null;
}

/** A chat's queue, as far as turns need it. */
export interface TurnQueues {
  /**
   * Puts a turn that waits in its queue before all others, and stops what runs there for it; answers which turn that is.
   * Nothing happens to a turn that does not wait there.
   */
  advance(record: TurnRecord): string | null;
  enqueue(record: TurnRecord): void;
  withdraw(record: TurnRecord): boolean;
  /** It waits in its chat's queue, was put aside, or runs. */
  isInHand(turn: Pick<TurnRecord, "id" | "chatRef" | "parked">): boolean;
  waitingIn(chatRef: number): number;
  position(record: TurnRecord): number | null;
}
