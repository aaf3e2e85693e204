import { foldText, pairs, type TextPiece, textPieces } from "./segment-text.ts";
import { STOP_WORDS } from "./stop-words.ts";

/** Questions are short; of a whole letter its beginning says what it is about. */
const MOST_CHARACTERS = 4_000;
const MOST_PARTS = 32;

/** A query as FTS5 understands it. Everything in it that a person wrote stands in quotes. */
export interface CompiledQuery {
  /** Matches texts that have all of it. */
  all: string;
  /** Matches texts that have any piece of it; null = that would be the same. */
  any: string | null;
  /** What is looked for, folded, in order, each once. */
  pieces: TextPiece[];
}

/**
 * What stands together without a space is looked for side by side (`wal-index`, `src/a.ts`), a run of Han, kana or Hangul
 * as the phrase of its pairs, one such character alone as the beginning of a token. Words that say nothing are left out
 * unless nothing else remains.
 *
 * @returns null when there is nothing in it that could be found
 */
export const compileQuery = (text: string): CompiledQuery | null => {
  const groups = foldText(text.slice(0, MOST_CHARACTERS))
    .split(/\s+/u)
    .flatMap((chunk) => together(textPieces(chunk)));
  const telling = groups.filter((group) => !group.every(saysNothing));
  const kept = (telling.length > 0 ? telling : groups).slice(0, MOST_PARTS);
  if (kept.length === 0) return null;

  const wanted = kept.flat();
  const meaningful = wanted.filter((piece) => telling.length === 0 || !saysNothing(piece));
  const all = unique(kept.map(phrase));
  const any = unique(meaningful.flatMap(smallest)).slice(0, MOST_PARTS);
  return {
    all: all.join(" AND "),
    any: any.length > 1 || all.length > 1 ? any.join(" OR ") : null,
    pieces: unique(meaningful.map((piece) => `${piece.kind} ${piece.text}`)).map((key) => {
      const [kind, name] = key.split(" ") as [TextPiece["kind"], string];
      return { kind, text: name };
    }),
  };
};

/** A match for a full-text table: the expression within the text, and one of these tokens within the scope. */
export const scopedMatch = (expression: string, tokens: readonly string[]): string =>
  tokens.length === 0
    ? `body : (${expression})`
    : `body : (${expression}) AND scope : (${tokens.map(quoted).join(" OR ")})`;

/** Quotes a token, so that nothing in it is syntax. */
export const quoted = (token: string): string => `"${token.replaceAll('"', '""')}"`;

/** Words side by side are one phrase; a run is one of its own. */
const together = (pieces: readonly TextPiece[]): TextPiece[][] => {
  const groups: TextPiece[][] = [];
  for (const piece of pieces) {
    const last = groups.at(-1);
    if (piece.kind === "word" && last?.[0]?.kind === "word") last.push(piece);
    else groups.push([piece]);
  }
  return groups;
};

const saysNothing = ({ kind, text }: TextPiece): boolean => kind === "word" && STOP_WORDS.has(text);

const phrase = (group: readonly TextPiece[]): string => {
  const [first] = group;
  if (first?.kind !== "cjk") return quoted(group.map(({ text }) => text).join(" "));
  const characters = [...first.text];
  return characters.length === 1 ? `${quoted(first.text)}*` : quoted(pairs(characters).join(" "));
};

const smallest = (piece: TextPiece): string[] => {
  const characters = [...piece.text];
  return piece.kind === "cjk" && characters.length > 2 ? pairs(characters).map(quoted) : [phrase([piece])];
};

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];
