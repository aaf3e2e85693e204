import type { MessageEntity } from "@grammyjs/types";
import {
  type FormattedText,
  isBlank,
  MAX_ENTITIES,
  MAX_TEXT_UNITS,
  sliceFormatted,
} from "./formatted-text.ts";
import { characterStart, splitsSurrogatePair } from "./graphemes.ts";
import { renderMarkdown } from "./render.ts";

export type { FormattedText } from "./formatted-text.ts";

export interface SplitLimits {
  /** UTF-16 units per part. Default 4096. */
  maxUnits?: number;
  /** Entities per part. Default 100. */
  maxEntities?: number;
}

/**
 * An answer as the messages it is sent in; none when there is nothing to see. Deterministic: the same Markdown gives the
 * same parts in every process, because a delivery that was interrupted goes on with part k.
 */
export function renderParts(markdown: string, limits: SplitLimits = {}): FormattedText[] {
  return splitFormatted(renderMarkdown(markdown), limits);
}

/**
 * Cuts a text into parts that Telegram takes: at a blank line, else a line end, else a space, else the end of a Chinese
 * or Japanese clause, else between two visible characters. Formatting that a cut goes through is closed and opened
 * again, a code block with its language. White space at the cuts is dropped, everything else is kept.
 */
export function splitFormatted(source: FormattedText, limits: SplitLimits = {}): FormattedText[] {
  const { maxUnits = MAX_TEXT_UNITS, maxEntities = MAX_ENTITIES } = limits;
  const { text } = source;
  const parts: FormattedText[] = [];
  let entities = source.entities;
  let from = 0;
  while (from < text.length) {
    entities = entities.filter((entity) => entity.offset + entity.length > from);
    const to = choosePartEnd({ text, entities }, from, maxUnits, maxEntities);
    const part = trimPart(sliceFormatted({ text, entities }, from, to));
    if (!isBlank(part.text)) parts.push({ ...part, entities: part.entities.slice(0, maxEntities) });
    from = to;
  }
  return parts;
}

function choosePartEnd(source: FormattedText, from: number, maxUnits: number, maxEntities: number): number {
  const { text, entities } = source;
  const firstTooMany = entities[maxEntities]?.offset ?? text.length;
  const sizeLimit = Math.min(from + maxUnits, text.length);
  // Formats nest only a few deep, so there is always text before the one too many; the guard is against endless loops.
  const limit = firstTooMany > from ? Math.min(sizeLimit, firstTooMany) : sizeLimit;
  if (limit === text.length) return limit;
  const half = from + Math.ceil((limit - from) / 2);
  const cut = lastBreak(text, half, limit) ?? cutBetweenCharacters(text, from, limit);
  return beforeCodeBlock(entities, from, cut, maxUnits);
}

/**
 * In the order of preference; each is a place where a reader expects a pause. In front of white space nothing can be
 * cut in two; behind a clause there may be more of its last character (a selector, a mark).
 */
const BREAKS = [/\n\s*\n/g, /\n/g, /\s/g, /(?<=[。！？；，、])(?![\p{Grapheme_Extend}\p{Mc}\u200d])/gu];

/** The last good place to cut in `[low, high]`, by the best kind of break there is; null when there is none. */
function lastBreak(text: string, low: number, high: number): number | null {
  // One unit more, so that a break right at the limit is seen.
  const window = text.slice(low, high + 1);
  for (const kind of BREAKS) {
    let last: number | null = null;
    for (const { index } of window.matchAll(kind)) if (low + index <= high) last = low + index;
    if (last !== null) return last;
  }
  return null;
}

function cutBetweenCharacters(text: string, from: number, limit: number): number {
  const cut = characterStart(text, from, limit);
  if (cut > from) return cut;
  // One visible character longer than a whole message (a heap of combining marks): all that is left is not to break it
  // inside a surrogate pair.
  return splitsSurrogatePair(text, limit) && limit - 1 > from ? limit - 1 : limit;
}

/** A code block that would be cut but fits into a message of its own goes there whole, if that leaves no stub behind. */
function beforeCodeBlock(
  entities: readonly MessageEntity[],
  from: number,
  cut: number,
  maxUnits: number,
): number {
  const block = entities.find(
    ({ type, offset, length }) => type === "pre" && offset < cut && cut < offset + length,
  );
  if (block === undefined || block.length > maxUnits || block.offset < from + maxUnits / 4) return cut;
  return block.offset;
}

/** A space that carries a mark is a visible character; a line end carries none. */
const BARE_SPACES = /^(?:\n|\s(?![\p{Grapheme_Extend}\p{Mc}\p{Emoji_Modifier}\u200d]))*/u;

/** Without white space at the ends, except the indentation of code that goes on from the part before. */
function trimPart(part: FormattedText): FormattedText {
  const { text } = part;
  const startsInCode = part.entities.some(({ type, offset }) => type === "pre" && offset === 0);
  const lead = (startsInCode ? /^(?:[^\S\n]*\n)*/ : BARE_SPACES).exec(text)?.[0].length ?? 0;
  const end = text.trimEnd().length;
  return lead === 0 && end === text.length ? part : sliceFormatted(part, lead, Math.max(end, lead));
}
