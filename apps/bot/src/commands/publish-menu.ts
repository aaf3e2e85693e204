import { translate } from "@steward/contract/messages";
import type { Logger } from "@steward/platform/logger";
import type { BotApi } from "@steward/telegram/api";
import { MENU } from "./commands.ts";

const SCOPES = [{ type: "default" }, { type: "all_private_chats" }] as const;

/**
 * The command menu of people's apps, English for everybody and Chinese where the app is. A menu that cannot be
 * published is a nuisance, not an obstacle: the old one stays.
 */
export async function publishMenu(api: BotApi, log: Logger, signal: AbortSignal): Promise<void> {
  for (const language of ["en", "zh"] as const) {
    const commands = MENU.map((command) => ({
      command,
      description: translate(language, `bot.command.${command}`),
    }));
    for (const scope of SCOPES) {
      const args = { commands, scope, ...(language === "en" ? {} : { language_code: language }) };
      try {
        await api.call("setMyCommands", args, { signal });
      } catch (error) {
        if (!signal.aborted) log.warn({ err: error, language }, "could not publish the command menu");
        return;
      }
    }
  }
}
