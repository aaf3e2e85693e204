import { translate } from "@steward/contract/messages";
import { plainText } from "../outbound/messenger.ts";
import type { Command } from "./command.ts";
import type { CommandDeps } from "./command-row.ts";

type Deps = Pick<CommandDeps, "steward" | "messenger" | "botUsername">;

const EVERYONE = /^(everyone|all|所有人)$/iu;
const ALWAYS = /^(always|一直|总是)$/iu;

/** `/allow [everyone] [always]` in a group: the bot may be used there. Who may say so, the API decides. */
export const createAllowCommand =
  ({ steward, messenger, botUsername: bot }: Deps): Command =>
  async ({ address, language, args, userId, chatTitle }) => {
    const words = args.split(/\s+/);
    const everyone = words.some((word) => EVERYONE.test(word));
    const always = words.some((word) => ALWAYS.test(word));
    const { privacyMode } = await steward.allowChat(address.chatId, {
      title: chatTitle,
      admits: everyone ? "everyone" : "paired",
      listensTo: always ? "always" : "addressed",
      actingUserId: userId,
    });
    const lines = [
      translate(language, "bot.allow.done", { bot }),
      ...(everyone ? [translate(language, "bot.allow.everyone")] : []),
      ...(always ? [translate(language, "bot.allow.always")] : []),
      ...(privacyMode ? [translate(language, "access.privacy_mode")] : []),
    ];
    await messenger.say(address, plainText(lines.join("\n\n")));
  };

/** `/disallow` in a group: the bot is silent there. */
export const createDisallowCommand =
  ({ steward, messenger }: Deps): Command =>
  async ({ address, language, userId }) => {
    const was = await steward.disallowChat(address.chatId, userId);
    const key = was ? "bot.disallow.done" : "bot.disallow.not_allowed";
    await messenger.say(address, plainText(translate(language, key)));
  };
