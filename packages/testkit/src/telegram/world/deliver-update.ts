import type { UpdateType } from "../updates/update-types.ts";
import { apiBot, apiChat, apiMessage, apiUser, unixSeconds } from "./api-objects.ts";
import type { Bot } from "./bot.ts";
import { botsOf, type Chat, type GroupChat, isAdministrator, type Member } from "./chat.ts";
import { currentVersion, type Message } from "./message.ts";
import type { User } from "./user.ts";
import type { World } from "./world.ts";

/** Shows a message to the bots that may see it. */
export function deliverMessage(
  world: World,
  chat: Chat,
  message: Message,
  type: "message" | "edited_message" = "message",
): void {
  for (const bot of botsOf(chat)) {
    if (!maySee(chat, message, bot)) continue;
    bot.updates.push(type, apiMessage(world.files, chat, message, bot));
  }
}

/** Pushes any other update to one bot. */
export const deliver = (bot: Bot, type: UpdateType, payload: unknown): void =>
  void bot.updates.push(type, payload);

/** Tells a bot that its own place in a chat has changed. */
export function deliverOwnMembership(
  chat: Chat,
  bot: Bot,
  by: User,
  change: Record<"from" | "to", Member>,
  atMs: number,
): void {
  const describe = ({ status }: Member) => ({
    user: apiBot(bot),
    status,
    ...(status === "kicked" ? { until_date: 0 } : {}),
  });
  deliver(bot, "my_chat_member", {
    chat: apiChat(chat),
    from: apiUser(by),
    date: unixSeconds(atMs),
    old_chat_member: describe(change.from),
    new_chat_member: describe(change.to),
  });
}

/**
 * Privacy mode: in a group a bot that is no administrator gets service messages, commands meant for it, mentions and
 * replies to its own messages; nothing else.
 */
function maySee(chat: Chat, message: Message, bot: Bot): boolean {
  if (chat.type === "private") return !chat.blocked;
  if (bot.settings.canReadAllGroupMessages || isAdministrator(chat, bot.id)) return true;
  const { text } = currentVersion(message);
  if (text === "" && message.media === undefined) return true;
  const target = message.replyTo?.message.author;
  if (target?.kind === "bot" && target.bot === bot) return true;
  return mentions(text, bot) || isCommandFor(chat, text, bot);
}

const mentions = (text: string, bot: Bot) => new RegExp(`(?<!\\w)@${bot.username}(?!\\w)`, "i").test(text);

/** A bare command goes to the bot that wrote last, or to the only one there is. */
function isCommandFor(chat: GroupChat, text: string, bot: Bot): boolean {
  const command = /^\/\w+(?:@(\w+))?/.exec(text);
  if (command === null) return false;
  if (command[1] !== undefined) return command[1].toLowerCase() === bot.username.toLowerCase();
  return chat.lastBotId === bot.id || botsOf(chat).length === 1;
}
