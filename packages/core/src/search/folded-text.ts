/** A text as search sees it, and where each unit of it stands in the original. */
export interface FoldedText {
  text: string;
  /** Of each UTF-16 unit of `text`: where in the original the character it comes from begins, and where it ends. */
  starts: number[];
  ends: number[];
}

/** A character with what is written on it, half-width voicing too; Hangul in parts belongs together. */
const CHARACTER = /[\u1100-\u115f]+[\u1160-\u11a7]*[\u11a8-\u11ff]*|\P{M}[\p{M}\uff9e\uff9f]*|\p{M}+/gsu;
/** Whatever Latin, Greek and Cyrillic have of letters with marks, and the marks. */
const ACCENTED = /[\u00c0-\u052f\u1e00-\u1fff]/;
const MARKS_ON_LETTERS = /([\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])\p{M}+/gu;
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

/** The same without the way back, of many texts quickly. */
export const foldForComparison = (text: string): string => {
  const folded = text.normalize("NFKC").toLowerCase();
  if (!ACCENTED.test(folded)) return folded;
  return folded.normalize("NFD").replaceAll(MARKS_ON_LETTERS, "$1").normalize("NFC");
};

const foldCharacter = (character: string): string => {
  if (character.length === 1 && character < "\u0080") return character.toLowerCase();
  const folded = character.normalize("NFKC").toLowerCase();
  return LATIN.test(folded) ? folded.normalize("NFD").replace(/\p{M}+/gu, "") : folded;
};
