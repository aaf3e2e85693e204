import { type ChatAddress, chatAddressSchema } from "@steward/contract/ids";
import { CommandFailure, EXIT } from "../exit-codes.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** The bot of the terminal's chats, and the chat of `steward chat` without a name. */
const TERMINAL = "cli";

/**
 * `work` is a chat of this terminal, as in `steward chat --chat work`; `BOT/CHAT` or `BOT/CHAT/TOPIC` any other.
 *
 * @throws CommandFailure when that cannot be a chat
 */
export function readChatChoice(choice: string | undefined, { say }: Terminal): ChatAddress {
  const parts = (choice ?? TERMINAL).split("/");
  const [botId, chatId, threadId = ""] = parts.length === 1 ? [TERMINAL, ...parts] : parts;
  const parsed = chatAddressSchema.safeParse({ botId: botId?.replace(/^@/, ""), chatId, threadId });
  if (parsed.success && parts.length <= 3) return parsed.data;
  throw new CommandFailure(EXIT.nothingDone, say("cli.chat_choice.invalid", { chat: choice ?? "" }));
}
