import type { HistoryMessage } from "@steward/contract/history";
import type { ChatAddress } from "@steward/contract/ids";
import { translate } from "@steward/contract/messages";
import { type Messenger, plainText } from "../outbound/messenger.ts";
import type { Steward } from "../steward/steward.ts";
import type { CommandRequest } from "./command.ts";
import { FormattedLines } from "./formatted-lines.ts";
import { shorten } from "./shorten.ts";

type Language = CommandRequest["language"];

/** The found one, and two on each side. */
const SHOWN = 5;
const FOUND_CHARACTERS = 1_500;
const AROUND_CHARACTERS = 300;

/**
 * Shows what was found with what was said around it, as a reply to the message itself where that is known: a tap on the
 * quotation leads there.
 */
export const createFoundOpener =
  ({ steward, messenger }: { steward: Pick<Steward, "openMessage">; messenger: Pick<Messenger, "say"> }) =>
  async (address: ChatAddress, language: Language, id: number): Promise<void> => {
    const opened = await steward.openMessage(address, id, SHOWN);
    if (opened === null) {
      await messenger.say(address, plainText(translate(language, "bot.search.gone")));
      return;
    }
    const lines = new FormattedLines();
    for (const message of opened.messages) {
      const isFound = message.id === id;
      const heading = `${isFound ? "🔎 " : ""}${titleOf(message, language)}`;
      lines.addMarked(heading, isFound ? [[0, heading.length]] : []);
      lines.add(shorten(message.text.trim(), isFound ? FOUND_CHARACTERS : AROUND_CHARACTERS));
      lines.add("");
    }
    const found = opened.messages.find((message) => message.id === id);
    await messenger.say(address, lines.done(), { replyToMessageId: found?.messageId ?? null });
  };

const titleOf = ({ role, userName, at }: HistoryMessage, language: Language): string => {
  const who = role === "assistant" ? "Claude" : (userName ?? translate(language, "bot.export.user"));
  return `${who} · ${new Date(at).toISOString().slice(0, 16).replace("T", " ")}`;
};
