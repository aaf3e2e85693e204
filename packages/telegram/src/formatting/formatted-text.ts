import type { MessageEntity } from "@grammyjs/types";

/**
 * Text with its formatting beside it, as the Bot API takes it in `text` and `entities` (or `caption` and
 * `caption_entities`). Offsets and lengths count UTF-16 units, as JavaScript's string indices do.
 *
 * Entities are sorted by offset, longer first; each is non-empty and inside the text; two entities are either disjoint
 * or one contains the other; nothing overlaps `code` or `pre` but a quote around it.
 */
export interface FormattedText {
  text: string;
  entities: MessageEntity[];
}

/** Longest message text, in UTF-16 units after formatting. (core.telegram.org/bots/api#sendmessage) */
export const MAX_TEXT_UNITS = 4096;
/** Further entities are ignored by the server. */
export const MAX_ENTITIES = 100;

/** The part of a text from `from` to `to`, with what its entities leave of it. */
export function sliceFormatted(source: FormattedText, from: number, to: number): FormattedText {
  const entities: MessageEntity[] = [];
  for (const entity of source.entities) {
    if (entity.offset >= to) break;
    const start = Math.max(entity.offset, from);
    const end = Math.min(entity.offset + entity.length, to);
    if (end > start) entities.push({ ...entity, offset: start - from, length: end - start });
  }
  return { text: source.text.slice(from, to), entities };
}

/** Texts one after the other, nothing in between. */
export function joinFormatted(parts: readonly FormattedText[]): FormattedText {
  let text = "";
  const entities: MessageEntity[] = [];
  for (const part of parts) {
    for (const entity of part.entities) entities.push({ ...entity, offset: entity.offset + text.length });
    text += part.text;
  }
  return { text, entities };
}

/** Only spaces and characters without ink: the server calls such a message empty and refuses it. */
export function isBlank(text: string): boolean {
  return !/[^\s\p{Default_Ignorable_Code_Point}\p{Cc}\u2800]/u.test(text);
}
