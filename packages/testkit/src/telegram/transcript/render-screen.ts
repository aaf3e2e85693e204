import type { InlineKeyboardMarkup } from "@grammyjs/types";
import { renderRichText } from "./render-rich-text.ts";
import type { Transcript, TranscriptMessage } from "./transcript.ts";

/** Longer messages are cut in the middle. */
const MAX_TEXT_UNITS = 800;

/**
 * What stands on the screen of a chat now, as Markdown for human eyes: no ids and no times, so that it reads the same
 * whenever the same was said.
 *
 * ```markdown
 * ## Ada with @steward_bot
 *
 * **Ada** 👀
 * > hello
 *
 * **@steward_bot**
 * > It is `42`.
 * > ⟦Retry⟧
 * ```
 */
export function renderScreen({ chat, visible, topics }: Transcript): string {
  const nameOfTopic = new Map(topics.map(({ id, name }) => [id, name]));
  const messages = visible.map((message) => renderMessage(message, visible, nameOfTopic));
  return [`## ${chat.title}`, ...messages].join("\n\n");
}

function renderMessage(
  message: TranscriptMessage,
  all: readonly TranscriptMessage[],
  topics: ReadonlyMap<number, string>,
): string {
  const { from, replyTo, threadId, reactions } = message;
  const answered = all.find(({ id }) => id === replyTo);
  const topic = threadId === undefined ? undefined : topics.get(threadId);
  const marks = [
    topic === undefined ? "" : ` in “${topic}”`,
    answered === undefined ? "" : ` ↩ “${firstWords(answered)}”`,
    ...reactions.map(({ reaction }) => ` ${"emoji" in reaction ? reaction.emoji : reaction.type}`),
  ].join("");
  const body = [
    ...mediaOf(message),
    shorten(renderRichText(message.text, message.entities)),
    ...keyboard(message.replyMarkup),
  ];
  const quoted = body.filter((part) => part !== "").join("\n");
  return `**${from.name}**${marks}\n${quoted.replace(/^/gm, "> ").replace(/ +$/gm, "")}`;
}

const mediaOf = ({ media, extra }: TranscriptMessage): string[] => [
  ...(media?.files ?? []).map(({ name }) => `[${media?.kind}${name === undefined ? "" : `: ${name}`}]`),
  ...Object.keys(extra)
    .filter((name) => name !== "media_group_id")
    .map((name) => `{${name}}`),
];

const keyboard = (markup: InlineKeyboardMarkup | undefined): string[] =>
  (markup?.inline_keyboard ?? []).map((row) => row.map(({ text }) => `⟦${text}⟧`).join(" "));

const firstWords = ({ text, media }: TranscriptMessage): string => {
  if (text === "") return media?.kind ?? "";
  const [line = ""] = text.split("\n", 1);
  return line.length <= 30 ? line : `${line.slice(0, 29)}…`;
};

function shorten(text: string): string {
  if (text.length <= MAX_TEXT_UNITS) return text;
  const half = MAX_TEXT_UNITS / 2;
  return `${text.slice(0, half)}\n… ${text.length - MAX_TEXT_UNITS} characters more …\n${text.slice(-half)}`;
}
