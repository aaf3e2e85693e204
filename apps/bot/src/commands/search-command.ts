import { translate } from "@steward/contract/messages";
import type { SearchAnswerBody } from "@steward/contract/search";
import type { FormattedText } from "@steward/telegram/render";
import { pickerKeyboard } from "../outbound/keyboard.ts";
import { type Messenger, plainText } from "../outbound/messenger.ts";
import type { Steward } from "../steward/steward.ts";
import type { Command, CommandRequest } from "./command.ts";
import { FormattedLines } from "./formatted-lines.ts";

type Language = CommandRequest["language"];

/** As many as fit a screen of a phone. */
const LISTED = 6;
const BUTTONS_PER_ROW = 6;

/** `/search WORDS`: what was said in this chat, best first, with the words marked and a button for each to open it. */
export const createSearchCommand =
  ({
    steward,
    messenger,
  }: {
    steward: Pick<Steward, "search">;
    messenger: Pick<Messenger, "say">;
  }): Command =>
  async ({ address, language, args }) => {
    const wanted = args.trim();
    if (wanted === "")
      return void (await messenger.say(address, plainText(translate(language, "bot.search.how"))));
    const answer = await steward.search(address, wanted, LISTED);
    if (answer.messages.length === 0)
      return void (await messenger.say(address, plainText(translate(language, "bot.search.none"))));
    const buttons = answer.messages.map(({ id }, index) => ({
      text: String(index + 1),
      action: { kind: "found" as const, messageId: id },
    }));
    await messenger.say(address, describe(answer, language), {
      keyboard: pickerKeyboard(buttons, BUTTONS_PER_ROW),
    });
  };

function describe({ messages, mode, degraded }: SearchAnswerBody, language: Language): FormattedText {
  const lines = new FormattedLines();
  for (const [index, { role, userName, createdAt, snippet }] of messages.entries()) {
    const who = role === "assistant" ? "Claude" : (userName ?? translate(language, "bot.export.user"));
    lines.add(`${index + 1}. ${who} · ${new Date(createdAt).toISOString().slice(0, 10)}`);
    lines.addMarked(snippet.text.replaceAll("\n", " "), snippet.marks);
    lines.add("");
  }
  lines.add(translate(language, mode === "semantic" ? "bot.search.semantic" : "bot.search.lexical"));
  if (degraded.includes("embedder_unavailable")) lines.add(translate(language, "bot.search.unavailable"));
  else if (degraded.includes("embedding_pending")) lines.add(translate(language, "bot.search.pending"));
  return lines.done();
}
