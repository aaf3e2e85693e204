import type { DeliveryRepository } from "../deliveries/delivery-repository.ts";
import type { TurnMessageRepository } from "./turn-message-repository.ts";
import { isSettled } from "./turn-record.ts";
import type { TurnRepository } from "./turn-repository.ts";

/**
 * The turn without an outcome that a message of a chat belongs to: as (a part of) its question, as its status message, or
 * as a question of the agent's in it. Null when there is none.
 */
export const createTurnOfMessage = (deps: {
  turns: Pick<TurnRepository, "stateOf" | "openByPlaceholder" | "unsettled">;
  messages: Pick<TurnMessageRepository, "find">;
  deliveries: Pick<DeliveryRepository, "ofTurn">;
}): ((chatRef: number, messageId: number) => string | null) => {
  const { turns, messages, deliveries } = deps;
  return (chatRef, messageId) => {
    const asked = messages.find(chatRef, messageId)?.turnId;
    if (asked !== undefined) {
      const state = turns.stateOf(asked);
      return state === null || isSettled(state) ? null : asked;
    }
    const shown = turns.openByPlaceholder(chatRef, messageId);
    if (shown !== null) return shown;
    const open = turns.unsettled().filter((turn) => turn.chatRef === chatRef);
    const asking = open.find(({ id }) =>
      deliveries.ofTurn(id).some(({ placeholderIds }) => placeholderIds.includes(messageId)),
    );
    return asking?.id ?? null;
  };
};
