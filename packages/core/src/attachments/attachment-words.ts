import { type MessageKey, translate, translateError } from "@steward/contract/messages";
import type { Language } from "@steward/schema/enums";
import { shownFileName } from "../files/stored-name.ts";
import type { SettledAttachment } from "./settled-attachment.ts";

type Failed = SettledAttachment & { failure: NonNullable<SettledAttachment["failure"]> };

/** What did not come and was asked for by the person; of a message that was only replied to nothing is owed. */
export const missing = (settled: readonly SettledAttachment[]): Failed[] =>
  settled.filter((each): each is Failed => each.failure !== null && each.attachment.ofReply !== true);

/** What was understood of the voice messages, in order. */
export const transcriptsOf = (settled: readonly SettledAttachment[]): string[] =>
  settled.flatMap(({ hearing }) => (hearing !== null && "text" in hearing ? [hearing.text] : []));

/**
 * The prompt of a turn whose files have come, or not: the person's words, what they said aloud, and what the agent has to
 * know of files that are not there.
 */
export const wholePrompt = (words: string, settled: readonly SettledAttachment[]): string =>
  [
    words,
    ...transcriptsOf(settled).map((text) => `[Voice message transcription]: ${text}`),
    ...settled.flatMap(({ hearing }) =>
      hearing !== null && "unheard" in hearing ? [UNHEARD[hearing.unheard]] : [],
    ),
    ...missing(settled).map(
      (each) => `[The person also sent a file that did not arrive: ${sentence("en", each)}]`,
    ),
  ]
    .filter((part) => part.trim() !== "")
    .join("\n\n");

const UNHEARD = {
  off: "[This is a voice message, as a file: transcription is off. The owner turns it on with STEWARD_TRANSCRIPTION in .env; docs/telegram.md says how. If you cannot listen to it, tell the person so.]",
  failed: "[This is a voice message, as a file: it could not be transcribed.]",
} as const;

/** What the person is told of files that did not come, a line each. */
export const wordMissing = (language: Language, settled: readonly SettledAttachment[]): string =>
  missing(settled)
    .map((each) => `📎 ${sentence(language, each)}`)
    .join("\n\n");

const sentence = (language: Language, { attachment, failure }: Failed): string =>
  `${shownFileName(attachment.name)}: ${translateError(language, failure.code, failure.params)}`;

/** What the person is shown of what was understood: the machine's words, as a quotation. */
export const wordTranscript = (text: string): string => `🎤 ${text}`.replace(/^/gm, "> ");

/** Of voice messages that nobody understood; null when there is none. */
export const unheardKey = (settled: readonly SettledAttachment[]): MessageKey | null =>
  settled.some(({ hearing }) => hearing !== null && "unheard" in hearing && hearing.unheard === "failed")
    ? "voice.not_understood"
    : null;

export const wordUnheard = (language: Language, settled: readonly SettledAttachment[]): string | null => {
  const key = unheardKey(settled);
  return key === null ? null : translate(language, key);
};
