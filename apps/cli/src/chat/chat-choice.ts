import { type ChatAddress, chatAddressSchema } from "@steward/contract/ids";
import { readScope } from "../policies/scope.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** The chat of `steward chat` without a name. */
const DEFAULT_CHAT = "cli";

/**
 * `work` is a chat of this terminal, as in `steward chat --chat work`; `BOT/CHAT` or `BOT/CHAT/TOPIC` any other.
 *
 * @throws CommandFailure when that cannot be a chat
 */
export const readChatChoice = (choice: string | undefined, terminal: Terminal): ChatAddress =>
  chatAddressSchema.parse(readScope({ chat: choice ?? DEFAULT_CHAT }, terminal));
