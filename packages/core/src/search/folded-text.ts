/** A text as search sees it, and where each unit of it stands in the original. */
export interface FoldedText {
  text: string;
  /** Of each UTF-16 unit of `text`: where in the original the character it comes from begins, and where it ends. */
  starts: number[];
  ends: number[];
}

/** A character with what is written on it; Hangul in parts belongs together. */
const CHARACTER = /[\u1100-\u115f]+[\u1160-\u11a7]*[\u11a8-\u11ff]*|\P{M}\p{M}*|\p{M}+/gsu;
const LATIN = /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]/u;

/** Accents, width and case folded as the index does it, with the way back. */
export const foldWithOffsets = (original: string): FoldedText => {
  const starts: number[] = [];
  const ends: number[] = [];
  let text = "";
  for (const { 0: character, index } of original.matchAll(CHARACTER)) {
    const folded = foldCharacter(character);
    text += folded;
    for (let i = 0; i < folded.length; i++) {
      starts.push(index);
      ends.push(index + character.length);
    }
  }
  return { text, starts, ends };
};

/** The same without the way back. */
export const foldForComparison = (text: string): string =>
  text.replace(CHARACTER, (character) => foldCharacter(character));

const foldCharacter = (character: string): string => {
  if (character.length === 1 && character < "\u0080") return character.toLowerCase();
  const folded = character.normalize("NFKC").toLowerCase();
  return LATIN.test(folded) ? folded.normalize("NFD").replace(/\p{M}+/gu, "") : folded;
};
