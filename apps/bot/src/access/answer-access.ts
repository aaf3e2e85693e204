import { translate } from "@steward/contract/messages";
import type { ButtonPress } from "../callbacks/press-button.ts";
import { type Messenger, plainText } from "../outbound/messenger.ts";
import type { Steward } from "../steward/steward.ts";
import type { AccessAction } from "./access-data.ts";

export type AnswerAccess = (press: ButtonPress, action: AccessAction) => Promise<void>;

/**
 * A press of Allow or Refuse. Whether this person may say so, the API decides; and it rewrites the question into what was
 * answered, with all owners. Throws what it refuses.
 */
export const createAnswerAccess =
  ({
    steward,
    messenger,
  }: {
    steward: Pick<Steward, "approvePairing" | "refusePairing" | "allowChat" | "disallowChat">;
    messenger: Pick<Messenger, "say" | "answerCallback">;
  }): AnswerAccess =>
  async ({ address, language, userId, callbackId }, action) => {
    const allows = action.kind === "pair_allow" || action.kind === "chat_allow";
    // The spinner ends whatever happens next; that it is done, the question itself says.
    await messenger.answerCallback(
      callbackId,
      translate(language, allows ? "bot.toast.allowing" : "bot.toast.refusing"),
    );
    switch (action.kind) {
      case "pair_allow": {
        const { warning } = await steward.approvePairing(action.code, userId, language);
        if (warning !== null) await messenger.say(address, plainText(`⚠️ ${warning}`));
        break;
      }
      case "pair_refuse":
        await steward.refusePairing(action.code, userId);
        break;
      case "chat_allow":
        await steward.allowChat(action.chatId, { actingUserId: userId });
        break;
      case "chat_refuse":
        await steward.disallowChat(action.chatId, userId);
    }
  };
