import type { CliEvent } from "@steward/claude/cli-driver";
import type { TurnResult } from "@steward/claude/cli-event";
import type { HoldKind } from "@steward/schema/enums";
import type { ChatRecord } from "../chats/chat-repository.ts";
import type { TurnOutcome } from "../turns/turn-outcome.ts";
import type { TurnRecord } from "../turns/turn-record.ts";
import type { SpendingCaps } from "../usage/spending-caps.ts";

/** Why a chat's queue stands still, and until when, if that is known. */
export interface Hold {
  kind: HoldKind;
  detail: string;
  until: number | null;
}

/** `wait`: what stands in the way is everybody's and passes, and nothing was done yet: back to the queue with the turn. */
export type GateVerdict = "settle" | "wait";

/**
 * Whether turns may run now. A session asks before it starts a process and before it sends a prompt; when a hold ends,
 * whoever ends it calls `SessionManager.wake()`.
 */
export interface TurnGate {
  /** Null: go. Otherwise what waits goes on waiting, and nothing is started for it. */
  heldBy(chat: ChatRecord): Hold | null;
  /** Asked for the turn at the head, right before its prompt is sent. Null: go; else how it ends, unsent. */
  refusal: SpendingCaps["refusal"];
  /** What a turn may cost, and how one ends that has cost more. */
  readonly caps: Pick<SpendingCaps, "perTurnUsd" | "overspent">;
  /** Told of every result before it is settled; `record` is null when nobody had asked. */
  afterResult(chat: ChatRecord, record: TurnRecord | null, result: TurnResult): GateVerdict;
  /** Told why no process could be had, before the turn that wanted it is settled. */
  afterFailedStart(failure: TurnOutcome): GateVerdict;
  /** The subscription said how much of it is used. `toOutbox`: whether the chat can be told at any time. */
  limitTold(chat: ChatRecord, limit: RateLimit, toOutbox: boolean): void;
}

export type RateLimit = Extract<CliEvent, { type: "rate_limit" }>;
