import type { HoldKind } from "@steward/schema/enums";
import type { ChatRecord } from "../chats/chat-repository.ts";
import type { TurnOutcome } from "../turns/turn-outcome.ts";
import type { TurnRecord } from "../turns/turn-repository.ts";

/** Why a chat's queue stands still, and until when, if that is known. */
export interface Hold {
  kind: HoldKind;
  detail: string;
  until: number | null;
}

/**
 * Whether turns may run now. A session asks before it starts a process and before it sends a prompt; when a hold ends,
 * whoever ends it calls `SessionManager.wake()`.
 */
export interface TurnGate {
  /** Null: go. Otherwise what waits goes on waiting, and nothing is started for it. */
  heldBy(chat: ChatRecord): Hold | null;
  /** Asked for the turn at the head, right before its prompt is sent. Null: go; else how it ends, unsent. */
  refusal(record: TurnRecord): TurnOutcome | null;
}

export const OPEN_GATE: TurnGate = { heldBy: () => null, refusal: () => null };
