import { translate } from "@steward/contract/messages";
import { formatSettingData } from "../callbacks/setting-data.ts";
import { plainText } from "../outbound/messenger.ts";
import { createSettingChooser } from "./choose-setting.ts";
import type { Command } from "./command.ts";
import type { CommandDeps } from "./command-row.ts";
import { originOf, policyOf } from "./policy-of.ts";

const LEVELS = [0, 1, 2];

/** `/verbose`: how much of the work the chat is shown, with a button for each level. `/verbose 0|1|2` chooses. */
export function createVerboseCommand({
  steward,
  messenger,
}: Pick<CommandDeps, "steward" | "messenger">): Command {
  const choose = createSettingChooser({ steward, messenger });
  return async (request) => {
    const { address, language, args } = request;
    if (/^[012]$/.test(args))
      return await choose(request, { kind: "set", name: "verbosity", value: Number(args) });
    if (args !== "") {
      await messenger.say(address, plainText(translate(language, "bot.verbose.bad")));
      return;
    }
    const policies = await steward.policies(address);
    const { value, from } = policyOf(policies, "verbosity");
    const thinking = policyOf(policies, "showThinking").value;
    const text = translate(language, "bot.verbose.now", { level: value, from: originOf(from, language) });
    const levels = LEVELS.map((level) => ({
      text: level === value ? `• ${level}` : String(level),
      callback_data: formatSettingData({ kind: "set", name: "verbosity", value: level }),
    }));
    const thoughts = {
      text: translate(language, thinking ? "bot.button.thinking_off" : "bot.button.thinking_on"),
      callback_data: formatSettingData({ kind: "set", name: "showThinking", value: !thinking }),
    };
    await messenger.say(address, plainText(text), { keyboard: { inline_keyboard: [levels, [thoughts]] } });
  };
}
