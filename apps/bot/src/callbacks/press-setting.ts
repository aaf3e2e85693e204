import { translate } from "@steward/contract/messages";
import { createSettingChooser, type SettingChooserDeps } from "../commands/choose-setting.ts";
import type { CommandRequest } from "../commands/command.ts";
import type { Messenger } from "../outbound/messenger.ts";
import type { ButtonPress } from "./press-button.ts";
import type { SettingAction } from "./setting-data.ts";

export interface PressSettingDeps extends SettingChooserDeps {
  messenger: Pick<Messenger, "say" | "answerCallback" | "removeKeyboard">;
  /** Has a command carried out as if the presser had written it. */
  runCommand: (request: CommandRequest) => Promise<void>;
}

/** Does what a button of `/settings`, `/mode` or `/verbose` says. */
export function createPressSetting(deps: PressSettingDeps) {
  const { messenger, runCommand } = deps;
  const choose = createSettingChooser(deps);
  return async (press: ButtonPress, action: SettingAction): Promise<void> => {
    const { address, language, userId, callbackId, messageId } = press;
    if (action.kind === "set") {
      await messenger.answerCallback(callbackId, translate(language, "bot.toast.set"));
      await choose({ address, language, userId }, action);
      return await messenger.removeKeyboard(address, messageId);
    }
    await messenger.answerCallback(callbackId);
    await runCommand({
      ...{ address, language, userId },
      name: action.command,
      args: "",
      userName: null,
      isGroup: address.chatId.startsWith("-"),
      chatTitle: null,
      messageId: null,
      replyToMessageId: null,
      replyToText: "",
      onceKey: `telegram-button-${callbackId}`,
    });
  };
}
