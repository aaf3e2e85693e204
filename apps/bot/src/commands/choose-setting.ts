import { translate } from "@steward/contract/messages";
import { renderMarkdown } from "@steward/telegram/render";
import type { SettingAction } from "../callbacks/setting-data.ts";
import type { Messenger } from "../outbound/messenger.ts";
import type { Steward } from "../steward/steward.ts";
import type { Asker } from "./command.ts";

export interface SettingChooserDeps {
  steward: Pick<Steward, "setPolicy">;
  messenger: Pick<Messenger, "say">;
}

type Setting = Extract<SettingAction, { kind: "set" }>;

/** Sets something for a chat and says so there. Who may do that, the API decides. */
export const createSettingChooser =
  ({ steward, messenger }: SettingChooserDeps) =>
  async ({ address, language, userId }: Asker, setting: Setting): Promise<void> => {
    await steward.setPolicy(address, setting.name, setting.value, userId);
    await messenger.say(address, renderMarkdown(sentence(setting, language)));
  };

function sentence(setting: Setting, language: Asker["language"]): string {
  switch (setting.name) {
    case "verbosity":
      return translate(language, "bot.verbose.set", { level: setting.value });
    case "showThinking":
      return translate(language, setting.value ? "bot.thinking.on" : "bot.thinking.off");
    case "permissionMode":
      if (setting.value === "bypassPermissions") return translate(language, "bot.mode.set_bypass");
      return translate(language, "bot.mode.set", { mode: modeName(setting.value, language) });
  }
}

/** What a permission mode is called for people; one that nobody has named goes by its own name. */
export function modeName(mode: string, language: Asker["language"]): string {
  switch (mode) {
    case "default":
    case "acceptEdits":
    case "plan":
    case "dontAsk":
    case "bypassPermissions":
      return translate(language, `bot.mode.name.${mode}`);
    default:
      return mode;
  }
}
