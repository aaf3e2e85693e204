import { translate } from "@steward/contract/messages";
import type { Policy } from "@steward/contract/policies";
import { formatSettingData } from "../callbacks/setting-data.ts";
import { plainText } from "../outbound/messenger.ts";
import { modeName } from "./choose-setting.ts";
import type { Command, CommandRequest } from "./command.ts";
import type { CommandDeps } from "./command-row.ts";
import { originOf } from "./policy-of.ts";

type Language = CommandRequest["language"];

const LONGEST_VALUE = 80;

/** `/settings`: what holds in this chat and who said so, with buttons for what is changed most often. */
export const createSettingsCommand =
  ({ steward, messenger }: Pick<CommandDeps, "steward" | "messenger">): Command =>
  async ({ address, language }) => {
    const policies = await steward.policies(address);
    const chosen = policies.filter(({ from }) => from !== "initial");
    const initial = policies.filter(({ from }) => from === "initial").map(({ name }) => name);
    const lines = [
      translate(language, "bot.settings.title"),
      "",
      ...chosen.map((policy) => describe(policy, language)),
      ...(chosen.length === 0 ? [] : [""]),
      translate(language, "bot.settings.initial", { count: initial.length, names: initial.join(", ") }),
      translate(language, "bot.settings.hint"),
    ];
    const buttons = (["mode", "model", "verbose"] as const).map((command) => ({
      text: translate(language, `bot.button.${command}`),
      callback_data: formatSettingData({ kind: "open", command }),
    }));
    await messenger.say(address, plainText(lines.join("\n")), { keyboard: { inline_keyboard: [buttons] } });
  };

function describe({ name, value, from }: Policy, language: Language): string {
  const shown =
    name === "permissionMode" && typeof value === "string" ? modeName(value, language) : textOf(value);
  return `• ${name} = ${shown} (${originOf(from, language)})\n  ${translate(language, `policy.${name}`)}`;
}

function textOf(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}
