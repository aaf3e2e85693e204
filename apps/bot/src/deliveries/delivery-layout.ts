import type { Delivery } from "@steward/contract/deliveries";
import { translate } from "@steward/contract/messages";
import { type FormattedText, renderParts } from "@steward/telegram/split";
import { plainText } from "../outbound/messenger.ts";

/** What one message of a delivery shows. */
export type DeliveryPart = { text: FormattedText } | { document: { name: string; content: string } };

export interface DeliveryLayout {
  parts: DeliveryPart[];
  /** Where Telegram takes no file: the same in as many messages as it needs. */
  withoutFile: DeliveryPart[];
  /** Should Telegram find these too long: the same in smaller ones. */
  smaller(): DeliveryPart[];
}

/** An answer in more messages than this is a beginning to read, and a file with all of it. */
const MOST_MESSAGES = 3;
const FILE_NAME = "answer.md";
const LONGEST_MESSAGE = 4_096;
const SMALLER_MESSAGE = 2_000;

/**
 * How a delivery is laid out in messages. Decided by its text alone, so that a delivery that was broken off goes on where
 * it was, in whatever process. There is always something to see: an answer without text says so.
 */
export function layOut({
  text,
  language,
  kind,
}: Pick<Delivery, "text" | "language" | "kind">): DeliveryLayout {
  const messages = (maxUnits: number): DeliveryPart[] => {
    const parts = renderParts(text, { maxUnits });
    const shown = parts.length > 0 ? parts : [plainText(translate(language, "turn.empty"))];
    return shown.map((part) => ({ text: part }));
  };
  const withoutFile = messages(LONGEST_MESSAGE);
  const smaller = (): DeliveryPart[] => messages(SMALLER_MESSAGE);
  // What a person is to decide about stands before them, all of it.
  if (withoutFile.length <= MOST_MESSAGES || kind === "approval")
    return { parts: withoutFile, withoutFile, smaller };
  const hint = `\n\n${translate(language, "bot.whole_answer", { characters: text.length })}`;
  const [beginning = plainText("")] = renderParts(text, { maxUnits: LONGEST_MESSAGE - hint.length });
  const preview: FormattedText = { text: beginning.text + hint, entities: beginning.entities };
  return {
    parts: [{ text: preview }, { document: { name: FILE_NAME, content: text } }],
    withoutFile,
    smaller,
  };
}
