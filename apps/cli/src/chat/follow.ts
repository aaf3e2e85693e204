import type { Client, ConnectionState } from "@steward/client/client";
import { translateError } from "@steward/contract/messages";
import type { TurnEvent } from "@steward/contract/turn-events";
import { getTurn, turnEvents } from "@steward/contract/turns";
import { type Language, TERMINAL_TURN_STATES } from "@steward/schema/enums";

export type FinalEvent = TurnEvent & { type: "final" };

interface FollowOptions {
  /** For the sentence about a turn whose own words are gone. */
  readonly language: Language;
  readonly signal: AbortSignal;
  readonly onEvent: (event: TurnEvent) => void;
  readonly onConnection: (state: ConnectionState) => void;
}

/**
 * Follows a turn to its end, across restarts of the service. Leaving it does not stop the turn.
 *
 * @returns how it ended; null when `signal` aborted first.
 * @throws ApiError when the service no longer knows the turn.
 */
export async function followTurn(
  client: Client,
  turnId: string,
  { language, signal, onEvent, onConnection }: FollowOptions,
): Promise<FinalEvent | null> {
  const params = { turnId };
  for await (const { event } of client.streamEvents(turnEvents, { params, signal, onConnection })) {
    onEvent(event);
    if (event.type === "final") return event;
  }
  if (signal.aborted) return null;
  // The stream has nothing more to tell (old event logs are dropped): the turn itself knows how it ended.
  const turn = await client.call(getTurn, { params, signal });
  const state = TERMINAL_TURN_STATES.find((each) => each === turn.state);
  if (state === undefined)
    throw new Error(`The event stream of turn ${turnId} ended while it is ${turn.state}`);
  const final: FinalEvent = {
    v: 1,
    turnId,
    at: turn.finishedAt ?? turn.receivedAt,
    type: "final",
    state,
    text: state === "done" ? turn.text : translateError(language, turn.errorCode ?? "internal_error"),
    errorCode: turn.errorCode,
    usage: turn.usage,
    files: turn.files.filter(({ direction }) => direction === "out"),
  };
  onEvent(final);
  return final;
}
