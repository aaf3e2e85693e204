import { pairs, type TextPiece } from "@steward/schema/segment-text";
import { stemmer } from "stemmer";
import { foldForComparison, foldWithOffsets } from "./folded-text.ts";

export type Mark = [from: number, to: number];

/** What to mark: pieces of the query, and words that are meant although they are written differently. */
export interface Wanted {
  pieces: readonly TextPiece[];
  alsoWords?: ReadonlySet<string>;
}

/** Where in `text` the wanted pieces stand, `[from, to)` in UTF-16 units, in order; what touches is one mark. */
export const findMarks = (text: string, wanted: Wanted): Mark[] => {
  const folded = foldWithOffsets(text);
  const stems = new Set<string>();
  const found: Mark[] = [];
  const mark = (from: number, to: number): void => {
    found.push([folded.starts[from] ?? 0, folded.ends[to - 1] ?? 0]);
  };
  for (const piece of wanted.pieces) {
    if (piece.kind === "word") stems.add(stemmer(foldForComparison(piece.text)));
    else for (const [from, to] of runsOf(folded.text, piece.text)) mark(from, to);
  }
  if (stems.size > 0 || wanted.alsoWords?.size) {
    for (const { 0: word, index } of folded.text.matchAll(WORD)) {
      if (stems.has(stemmer(word)) || wanted.alsoWords?.has(word)) mark(index, index + word.length);
    }
  }
  return merge(found);
};

/** As the tokenizer cuts: what stands beside it without a space is of another script. */
export const WORD = /(?:(?![\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}])[\p{L}\p{N}])+/gu;

/** The whole run where it stands; where it stands nowhere, its pairs. */
const runsOf = (text: string, run: string): Mark[] => {
  const whole = occurrences(text, run);
  return whole.length > 0 ? whole : pairs([...run]).flatMap((pair) => occurrences(text, pair));
};

const occurrences = (text: string, part: string): Mark[] => {
  const found: Mark[] = [];
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1))
    found.push([at, at + part.length]);
  return found;
};

const merge = (marks: Mark[]): Mark[] => {
  const merged: Mark[] = [];
  for (const [from, to] of marks.sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
};
