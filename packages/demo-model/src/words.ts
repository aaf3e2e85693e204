/**
 * Cuts a text into the pieces in which it appears: a word with the spaces and signs before it. Chinese, which has
 * no spaces, is cut into words too. The pieces joined are the text.
 */
export function splitWords(text: string): readonly string[] {
  const pieces: string[] = [];
  let piece = "";
  for (const { segment, isWordLike } of new Intl.Segmenter(undefined, { granularity: "word" }).segment(
    text,
  )) {
    piece += segment;
    if (isWordLike !== true) continue;
    pieces.push(piece);
    piece = "";
  }
  if (piece !== "") pieces.push(piece);
  return pieces;
}
