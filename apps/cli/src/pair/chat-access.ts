import type { Client } from "@steward/client/client";
import { allowChat, disallowChat, listAccessChats } from "@steward/contract/access-chats";
import { CommandFailure, EXIT, type ExitCode } from "../exit-codes.ts";
import { harmlessLine } from "../terminal/harmless.ts";
import { printTable } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { chooseBot } from "./choose-bot.ts";
import { oneOf } from "./one-of.ts";

export interface AllowChatOptions {
  bot?: string;
  who?: string;
  listen?: string;
}

export type ChatAccess = ReturnType<typeof createChatAccess>;

/** `steward pair chats`, `allow-chat` and `disallow-chat`. */
export const createChatAccess = ({ client, terminal }: { client: Client; terminal: Terminal }) => {
  const { say, print, note } = terminal;

  const list = async (): Promise<ExitCode> => {
    const chats = await client.call(listAccessChats);
    if (chats.length === 0) {
      print(say("cli.pair.no_chats"));
      return EXIT.ok;
    }
    const heading = [
      say("cli.pair.bot"),
      say("cli.pair.chat"),
      say("cli.pair.title"),
      say("cli.pair.admits"),
      say("cli.pair.listens"),
    ];
    const rows = chats.map(({ botId, chatId, title, admits, listensTo, leftAt }) => [
      botId,
      chatId,
      harmlessLine(title ?? "–"),
      leftAt === null ? say(`cli.pair.admits.${admits}`) : say("cli.pair.left"),
      say(`cli.pair.listens.${listensTo}`),
    ]);
    printTable(terminal, heading, rows);
    return EXIT.ok;
  };

  const allow = async (chatId: string, { bot, who, listen }: AllowChatOptions): Promise<ExitCode> => {
    const wish = {
      ...(who !== undefined && { admits: oneOf(["paired", "everyone"], who, terminal) }),
      ...(listen !== undefined && { listensTo: oneOf(["addressed", "always"], listen, terminal) }),
    };
    const botId = await chooseBot(client, terminal, bot);
    const { chat, privacyMode } = await client.call(allowChat, { params: { botId, chatId }, body: wish });
    print(
      say("cli.pair.chat_allowed", {
        bot: botId,
        chat: chatId,
        admits: say(`cli.pair.admits.${chat.admits}`),
        listens: say(`cli.pair.listens.${chat.listensTo}`),
      }),
    );
    if (privacyMode) note(terminal.style("stderr", "yellow", say("access.privacy_mode")));
    return EXIT.ok;
  };

  const disallow = async (chatId: string, { bot }: { bot?: string }): Promise<ExitCode> => {
    const botId = await chooseBot(client, terminal, bot);
    const { disallowed } = await client.call(disallowChat, { params: { botId, chatId } });
    const params = { bot: botId, chat: chatId };
    if (!disallowed) throw new CommandFailure(EXIT.failed, say("cli.pair.chat_unknown", params));
    print(say("cli.pair.chat_disallowed", params));
    return EXIT.ok;
  };

  return { list, allow, disallow };
};
