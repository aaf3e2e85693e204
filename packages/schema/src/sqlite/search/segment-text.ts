/** Letters of the scripts that are written without spaces between words. */
const CJK_LETTER = "(?=[\\p{L}\\p{N}])[\\p{scx=Han}\\p{scx=Hiragana}\\p{scx=Katakana}\\p{scx=Hangul}]";
const CJK_RUN = new RegExp(`(?:${CJK_LETTER})+`, "gu");

/** One form for all the ways of writing the same: full width and half, composed and not, large and small letters. */
export const foldText = (text: string): string => text.normalize("NFKC").toLowerCase();

/**
 * A text as the full-text tables take it in: folded, each run of Han, kana and Hangul cut into overlapping pairs and its
 * last character alone, so that every character begins a token: `数据库` becomes `数据 据库 库`.
 */
export const segmentText = (text: string): string =>
  foldText(text).replace(CJK_RUN, (run) => {
    const characters = [...run];
    return ` ${[...pairs(characters), characters.at(-1)].join(" ")} `;
  });

/** `数据库` → `数据`, `据库`. */
export const pairs = (characters: readonly string[]): string[] =>
  characters.slice(1).map((character, i) => `${characters[i]}${character}`);

export type TextPiece = { kind: "cjk" | "word"; text: string };

/** What of a folded text can be looked for, in order: runs as they are, and words of other scripts. */
export const textPieces = (folded: string): TextPiece[] => {
  const pieces: TextPiece[] = [];
  const words = (text: string): void => {
    for (const [word] of text.matchAll(/[\p{L}\p{N}\p{M}]+/gu)) pieces.push({ kind: "word", text: word });
  };
  let end = 0;
  for (const { 0: run, index } of folded.matchAll(CJK_RUN)) {
    words(folded.slice(end, index));
    pieces.push({ kind: "cjk", text: run });
    end = index + run.length;
  }
  words(folded.slice(end));
  return pieces;
};
