import { translate } from "@steward/contract/messages";
import { plainText } from "../outbound/messenger.ts";
import type { Command } from "./command.ts";
import type { CommandDeps } from "./command-row.ts";

/** `/whoami`: the numbers that access lists and settings go by. */
export const createWhoamiCommand =
  ({ messenger, roleOf }: Pick<CommandDeps, "messenger" | "roleOf">): Command =>
  async ({ address, language, userId, userName }) => {
    const role = translate(language, `bot.role.${roleOf(userId) ?? "user"}`);
    const lines = [
      userName === null ? `👤 ${userId}` : `👤 ${userName} (${userId})`,
      translate(language, "bot.whoami.role", { role }),
      translate(language, "bot.whoami.chat", { chat: address.chatId }),
      ...(address.threadId === ""
        ? []
        : [translate(language, "bot.whoami.topic", { topic: address.threadId })]),
      translate(language, "bot.whoami.bot", { bot: address.botId }),
    ];
    await messenger.say(address, plainText(lines.join("\n")));
  };
