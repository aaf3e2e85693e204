import { translate } from "@steward/contract/messages";
import { formatSettingData } from "../callbacks/setting-data.ts";
import { plainText } from "../outbound/messenger.ts";
import { createSettingChooser, modeName } from "./choose-setting.ts";
import type { Command } from "./command.ts";
import type { CommandDeps } from "./command-row.ts";
import { originOf, policyOf } from "./policy-of.ts";

/** The modes that a chat can choose, by the words that people write. */
const MODES = { ask: "default", edits: "acceptEdits", plan: "plan", bypass: "bypassPermissions" } as const;
type ModeWord = keyof typeof MODES;

const isWord = (text: string): text is ModeWord => Object.hasOwn(MODES, text);

/** `/mode`: how the agent asks before it acts, with a button for each way. `/mode ask|edits|plan|bypass` chooses. */
export function createModeCommand({
  steward,
  messenger,
}: Pick<CommandDeps, "steward" | "messenger">): Command {
  const choose = createSettingChooser({ steward, messenger });
  return async (request) => {
    const { address, language, args } = request;
    const word = args.toLowerCase();
    if (isWord(word))
      return await choose(request, { kind: "set", name: "permissionMode", value: MODES[word] });
    if (word !== "") {
      const refusal = translate(language, "bot.mode.bad", { given: args.slice(0, 40) });
      await messenger.say(address, plainText(refusal));
      return;
    }
    const { value, from } = policyOf(await steward.policies(address), "permissionMode");
    const now = translate(language, "bot.mode.now", {
      mode: modeName(value, language),
      from: originOf(from, language),
    });
    const rows = Object.values(MODES).map((mode) => [
      {
        text: mode === value ? `• ${modeName(mode, language)}` : modeName(mode, language),
        callback_data: formatSettingData({ kind: "set", name: "permissionMode", value: mode }),
      },
    ]);
    await messenger.say(address, plainText(`${now}\n${translate(language, "bot.mode.hint")}`), {
      keyboard: { inline_keyboard: rows },
    });
  };
}
