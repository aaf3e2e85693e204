import { pairs, type TextPiece } from "@steward/schema/segment-text";
import { stemmer } from "stemmer";
import { foldForComparison } from "./folded-text.ts";

/** Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009; the constants are FTS5's own. */
const K1 = 1.2;
const B = 0.75;
/** Of shorter words the beginning says too little. */
const SHORTEST_BEGINNING = 4;

/**
 * Texts that an index has found, best first (BM25, of equals the newer one), weighed among themselves: what is rare is what is
 * rare in them.
 *
 * @param pieces what was looked for
 * @param all how many texts they were found among
 */
export const weighTexts = (
  texts: readonly { id: number; text: string }[],
  pieces: readonly TextPiece[],
  all: number,
): number[] => {
  const counters = [...new Set(pieces.flatMap(needles))].map((needle) => counterOf(needle));
  const averageLength = texts.reduce((sum, { text }) => sum + text.length, 0) / texts.length;
  const counted = texts.map(({ id, text }) => {
    const folded = foldForComparison(text);
    const lengthened = K1 * (1 - B + (B * text.length) / averageLength);
    return { id, parts: counters.map((count) => saturated(count(folded), lengthened)) };
  });
  const rarities = counters.map((_, i) => {
    const having = counted.filter(({ parts }) => (parts[i] ?? 0) > 0).length;
    return Math.log(1 + (all - having + 0.5) / (having + 0.5));
  });
  return counted
    .map(({ id, parts }) => ({
      id,
      score: parts.reduce((sum, part, i) => sum + part * (rarities[i] ?? 0), 0),
    }))
    .sort((a, b) => b.score - a.score || b.id - a.id)
    .map(({ id }) => id);
};

const saturated = (times: number, lengthened: number): number => (times * (K1 + 1)) / (times + lengthened);

/** As the index cuts: of a run its pairs, of a word what is left of it in all its forms. */
const needles = ({ kind, text }: TextPiece): string[] => {
  if (kind === "cjk") return [...text].length > 1 ? pairs([...text]) : [text];
  const folded = foldForComparison(text);
  // The stem of "study" and "studies" is "studi".
  const stem = stemmer(folded).replace(/i$/, "");
  return [stem.length >= SHORTEST_BEGINNING && folded.startsWith(stem) ? stem : folded];
};

/** How often it stands in a text: words from their beginning, and short ones to their end. */
const counterOf = (needle: string): ((text: string) => number) => {
  const isWord = /^[\p{Script=Latin}\p{N}]/u.test(needle);
  const isWhole = isWord && needle.length < SHORTEST_BEGINNING;
  return (text) => {
    let times = 0;
    for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + needle.length)) {
      if (isWord && isLetter(text, at - 1)) continue;
      if (isWhole && isLetter(text, at + needle.length)) continue;
      times += 1;
    }
    return times;
  };
};

/** Good enough to count by: letters of other scripts that stand beside a word are seldom part of it. */
const isLetter = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at);
  return (code >= 97 && code <= 122) || (code >= 48 && code <= 57);
};
