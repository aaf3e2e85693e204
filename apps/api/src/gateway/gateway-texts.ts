import type { TurnEvent } from "@steward/contract/turn-events";
import type { Turn } from "@steward/contract/turns";

/** The ancestor's words for "not now"; its clients know them by their prefix (wire contract §3). */
export const BUSY_TEXTS = {
  places: "[BUSY] Too many concurrent Claude processes. Please try again later.",
  queue: "[BUSY] Timed out waiting in queue. The previous message is still processing.",
  full: "[BUSY] Still processing the previous message, please wait.",
} as const;

/** Told before the clients' own limit of 30 minutes cuts the connection. The same message then joins its turn. */
export const STILL_WORKING_TEXT =
  "Still working on this. Send the same message again to go on waiting for the answer; it will stand in the chat history, too.";

/** Told when the service stops before the turn's end is known: it may be taken up again by the next start. */
export const RESTARTING_TEXT =
  "[ERROR] Steward is restarting. Your message is kept: send it again in a moment to get its answer.";

export type FinalEvent = Extract<TurnEvent, { type: "final" }>;

const TIMED_OUT: ReadonlySet<string> = new Set(["cli_first_event_timeout", "cli_silent", "cli_tool_silent"]);
const LONGEST_STDERR = 500;

/**
 * What a gateway client is told at the end of a turn: the answer, or the failure in the ancestor's form followed by
 * our own sentence and what was said so far. A turn that a person stopped did not fail.
 *
 * @param turn the settled turn, for the facts that the event does not carry
 */
export function endText(
  final: FinalEvent,
  turn: Pick<Turn, "startedAt" | "finishedAt" | "errorDetail"> | null,
): string {
  if (final.state === "done" || final.state === "cancelled") return final.text;
  if (final.errorCode !== null && TIMED_OUT.has(final.errorCode)) {
    const seconds = Math.round(((turn?.finishedAt ?? 0) - (turn?.startedAt ?? 0)) / 1000);
    return `[ERROR] Claude timed out after ${seconds}s\n${final.text}`;
  }
  if (final.errorCode === "cli_exited" && turn?.errorDetail) {
    return `[ERROR] ${turn.errorDetail.slice(0, LONGEST_STDERR)}\n${final.text}`;
  }
  return `[ERROR] ${final.text}`;
}
