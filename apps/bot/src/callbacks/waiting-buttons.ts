import { ApiError } from "@steward/client/api-error";
import type { ChatAddress } from "@steward/contract/ids";
import { type MessageKey, translate } from "@steward/contract/messages";
import type { Messenger } from "../outbound/messenger.ts";
import type { Steward } from "../steward/steward.ts";
import type { ButtonPress } from "./press-button.ts";

export interface WaitingButtonsDeps {
  steward: Pick<Steward, "advanceTurn" | "dropTurn" | "rerunEdited" | "turnAddress">;
  messenger: Pick<Messenger, "answerCallback" | "removeKeyboard">;
}

/**
 * The buttons of what waits in a chat. The person is told what became of the press, not what it asked for: the turn may
 * have begun in the same moment. What it says afterwards the turn's own message says.
 */
export const createWaitingButtons = ({ steward, messenger }: WaitingButtonsDeps) => {
  const tell = ({ callbackId, language }: ButtonPress, key: MessageKey): Promise<void> =>
    messenger.answerCallback(callbackId, translate(language, key));

  /** Another chat's is not there for this one; of a message that Telegram has forgotten the topic is not known. */
  const homeOf = async (
    { address, topicIsUnknown }: ButtonPress,
    turnId: string,
  ): Promise<ChatAddress | null> => {
    if (topicIsUnknown !== true) return address;
    const home = await steward.turnAddress(turnId);
    return home?.chatId === address.chatId && home.botId === address.botId ? home : null;
  };

  return {
    press: async (
      press: ButtonPress,
      { kind, turnId }: { kind: "advance" | "drop"; turnId: string },
    ): Promise<void> => {
      try {
        const home = await homeOf(press, turnId);
        if (home === null) return await tell(press, "bot.toast.expired");
        const key = `${kind}-${press.callbackId}`;
        if (kind === "advance") {
          const { outcome, interruptedTurnId } = await steward.advanceTurn(home, turnId, key);
          const isStopping = interruptedTurnId !== null;
          if (outcome === "next")
            return await tell(press, isStopping ? "bot.toast.advanced_stopping" : "bot.toast.advanced");
          return await tell(press, outcome === "running" ? "bot.toast.has_started" : "bot.toast.has_ended");
        }
        const outcome = await steward.dropTurn(home, turnId, key);
        if (outcome === "dropped") return await tell(press, "bot.toast.dropped");
        await tell(press, outcome === "running" ? "bot.toast.has_started" : "bot.toast.has_ended");
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== "not_found") throw error;
        await tell(press, "bot.toast.expired");
      }
    },
    runEdited: async (press: ButtonPress, editedMessageId: number): Promise<void> => {
      try {
        await steward.rerunEdited(press.address, editedMessageId, `edited-${press.callbackId}`);
        await tell(press, "bot.toast.running_edited");
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== "conflict") throw error;
        await tell(press, "bot.toast.edit_gone");
      }
      await messenger.removeKeyboard(press.address, press.messageId);
    },
  };
};
