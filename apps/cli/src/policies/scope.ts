import { botIdSchema, chatIdSchema, threadIdSchema } from "@steward/contract/ids";
import type { Policy } from "@steward/contract/policies";
import { CLI_BOT_ID } from "../chat/chat-command.ts";
import { CommandFailure, EXIT } from "../exit-codes.ts";
import type { Terminal } from "../terminal/terminal.ts";

export interface ScopeOptions {
  readonly bot?: string;
  readonly chat?: string;
}

/** What a setting is said for: nothing = everything, a bot, or a chat of a bot. */
export interface Scope {
  readonly botId?: string;
  readonly chatId?: string;
  readonly threadId: string;
}

/**
 * `--chat work` is a chat of this terminal, as in `steward chat --chat work`; `--chat BOT/CHAT` or `BOT/CHAT/TOPIC` any
 * other. `--bot` says whose chat it is as well.
 *
 * @throws CommandFailure when that cannot be an id
 */
export function readScope({ bot, chat }: ScopeOptions, { say }: Terminal): Scope {
  const parts = chat?.split("/") ?? [];
  const [chatId, threadId = ""] = parts.length > 1 ? parts.slice(1) : parts;
  const named = bot ?? (parts.length > 1 ? parts[0] : chat === undefined ? undefined : CLI_BOT_ID);
  const botId = named?.replace(/^@/, "");
  const fits =
    parts.length <= 3 &&
    (botId === undefined || botIdSchema.safeParse(botId).success) &&
    (chatId === undefined || chatIdSchema.safeParse(chatId).success) &&
    threadIdSchema.safeParse(threadId).success;
  if (!fits) throw new CommandFailure(EXIT.nothingDone, say("cli.scope.bad", { name: chat ?? bot ?? "" }));
  return {
    ...(botId === undefined ? {} : { botId }),
    ...(chatId === undefined ? {} : { chatId }),
    threadId,
  };
}

/** Where a value comes from, for people. */
export const describeOrigin = (from: Policy["from"], { say }: Terminal): string => say(`cli.origin.${from}`);

/** What a value is said for, for people. */
export function describeScope({ botId, chatId }: Scope, { say }: Terminal): string {
  if (botId === undefined) return say("cli.scope.global");
  return chatId === undefined
    ? say("cli.scope.bot", { bot: botId })
    : say("cli.scope.chat", { bot: botId, chat: chatId });
}
