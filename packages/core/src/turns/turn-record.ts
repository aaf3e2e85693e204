import type { TurnState } from "@steward/schema/enums";
import type { turns } from "@steward/schema/tables";

export type TurnRow = typeof turns.$inferSelect;
/** A turn with the address of its chat. */
export type TurnRecord = TurnRow & { botId: string; chatId: string; threadId: string };

export const WAITING_STATES: readonly TurnState[] = ["received", "queued"];
/** Without an outcome. */
export const UNSETTLED_STATES: readonly TurnState[] = [...WAITING_STATES, "running"];

/** The outcome is known; what may be missing is the delivery. */
export const isSettled = (state: TurnState): boolean => !UNSETTLED_STATES.includes(state);
