import type { MessageEntity } from "@grammyjs/types";
import { defect } from "../api-error.ts";
import type { Strictness } from "../strictness.ts";
import { checkEntities } from "./check-entities.ts";
import { type FormattedText, normalizeText } from "./normalize-text.ts";
import { readEntities } from "./read-entities.ts";

/** Characters a message may have, a caption, and bytes of raw text before anything else is looked at. */
const MAX_MESSAGE_UNITS = 4096;
const MAX_CAPTION_UNITS = 1024;
const MAX_RAW_BYTES = 1 << 15;

interface TextInput {
  text: string;
  entities: unknown;
  parseMode: string | undefined;
}

/** Reads the text of a message. 400 when empty or longer than 4096 UTF-16 units. */
export function readMessageText(strictness: Strictness, input: TextInput): FormattedText {
  if (input.text === "") throw defect("Message text is empty");
  const formatted = readText(strictness, input);
  if (formatted.text === "") throw defect("Text must be non-empty");
  if (formatted.text.length > MAX_MESSAGE_UNITS) throw defect("Message is too long");
  return formatted;
}

/** Reads the text of a draft: 0 to 4096 UTF-16 units. */
export function readDraftText(strictness: Strictness, input: TextInput): FormattedText {
  const formatted = readText(strictness, input);
  if (formatted.text.length > MAX_MESSAGE_UNITS) throw defect("Message is too long");
  return formatted;
}

/** Reads a caption: 0 to 1024 UTF-16 units. */
export function readCaption(strictness: Strictness, input: TextInput): FormattedText {
  const formatted = readText(strictness, input);
  if (formatted.text.length > MAX_CAPTION_UNITS) throw defect("Message caption is too long");
  return formatted;
}

function readText(strictness: Strictness, { text, entities, parseMode }: TextInput): FormattedText {
  if (Buffer.byteLength(text, "utf8") > MAX_RAW_BYTES) throw defect("Text is too long");
  if (/\p{Surrogate}/u.test(text)) throw defect("Strings must be encoded in UTF-8");
  refuseParseMode(strictness, parseMode);
  const read: MessageEntity[] = readEntities(strictness, entities);
  checkEntities(strictness, text, read);
  return normalizeText(text, read.filter((entity) => entity.length > 0).slice(0, 100));
}

/** Markup would have to be parsed exactly as Telegram parses it; Steward sends entities, so it is refused instead. */
function refuseParseMode(strictness: Strictness, parseMode: string | undefined): void {
  if (parseMode === undefined || parseMode === "" || parseMode.toLowerCase() === "none") return;
  if (!["markdown", "markdownv2", "html"].includes(parseMode.toLowerCase()))
    throw defect("Unsupported parse_mode");
  strictness.strict("parse_mode is not emulated; send entities");
}
