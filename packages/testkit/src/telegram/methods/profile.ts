import type { BotCommand, BotCommandScope } from "@grammyjs/types";
import { defect } from "../api-error.ts";
import type { Bot } from "../world/bot.ts";
import type { CallContext } from "./call-context.ts";

const MAX_COMMANDS = 100;
/** What Telegram takes in one menu, measured by bots that ran into it. */
const MAX_COMMANDS_BYTES = 7_800;
const MAX_COMMAND_DESCRIPTION = 256;

const SCOPES: ReadonlySet<string> = new Set([
  "default",
  "all_private_chats",
  "all_group_chats",
  "all_chat_administrators",
  "chat",
  "chat_administrators",
  "chat_member",
]);

export function setMyCommands(call: CallContext): true {
  const commands = call.params.structure<BotCommand[]>("commands") ?? [];
  const key = menuKey(call);
  for (const { command, description } of commands) {
    if (command === "") throw defect("Command must be non-empty");
    if (description.trim() === "") throw defect("Command description must be non-empty");
    if (description.length > MAX_COMMAND_DESCRIPTION) {
      throw defect(`Command description length must not exceed ${MAX_COMMAND_DESCRIPTION}`);
    }
    if (!/^[a-z0-9_]{1,32}$/.test(command)) throw defect("BOT_COMMAND_INVALID");
  }
  const bytes = Buffer.byteLength(JSON.stringify(commands), "utf8");
  if (commands.length > MAX_COMMANDS || bytes > MAX_COMMANDS_BYTES) throw defect("BOT_COMMANDS_TOO_MUCH");
  call.bot.commands.set(key, commands);
  return true;
}

export const getMyCommands = (call: CallContext): BotCommand[] => call.bot.commands.get(menuKey(call)) ?? [];

export function deleteMyCommands(call: CallContext): true {
  call.bot.commands.delete(menuKey(call));
  return true;
}

/** Stores one of the bot's own texts per language; "" removes it. */
const setText =
  (kind: "name" | "description" | "short_description", maxUnits: number) =>
  (call: CallContext): true => {
    const text = call.params.text(kind);
    if (text.length > maxUnits) throw defect(`BOT_${kind.toUpperCase()}_TOO_LONG`);
    const key = `${kind}|${language(call)}`;
    if (text === "") call.bot.texts.delete(key);
    else call.bot.texts.set(key, text);
    return true;
  };

const getText =
  (kind: "name" | "description" | "short_description", fallback: (bot: Bot) => string) =>
  (call: CallContext) => ({
    [kind]:
      call.bot.texts.get(`${kind}|${language(call)}`) ?? call.bot.texts.get(`${kind}|`) ?? fallback(call.bot),
  });

export const setMyName = setText("name", 64);
export const getMyName = getText("name", (bot) => bot.firstName);
export const setMyDescription = setText("description", 512);
export const getMyDescription = getText("description", () => "");
export const setMyShortDescription = setText("short_description", 120);
export const getMyShortDescription = getText("short_description", () => "");

function language(call: CallContext): string {
  const code = call.params.text("language_code");
  if (code !== "" && !/^[a-z]{2}$/.test(code)) throw defect("Invalid language code specified");
  return code;
}

/** The key of a menu: who sees it, in which language. */
function menuKey(call: CallContext): string {
  const scope = call.params.structure<BotCommandScope>("scope") ?? { type: "default" };
  if (!SCOPES.has(scope.type)) throw defect("Can't parse BotCommandScope: Unsupported type specified");
  if ("chat_id" in scope) {
    const chat = call.world.chatById(call.bot, Number(scope.chat_id));
    const known = chat?.type === "private" ? chat.started : chat?.members.has(call.bot.id) === true;
    if (!known) throw defect("chat not found");
  }
  const chatPart = "chat_id" in scope ? `:${scope.chat_id}` : "";
  const userPart = "user_id" in scope ? `:${scope.user_id}` : "";
  return `${scope.type}${chatPart}${userPart}|${language(call)}`;
}
