export interface ChunkLimits {
  /** UTF-16 units of one piece, at most. */
  maxChars: number;
  /** How much of its end a piece shares with the next one, about. */
  overlapChars: number;
  /** What a text has beyond that many pieces is left out. */
  maxChunks: number;
}

/**
 * A page of prose: some 300 tokens of English, 1,200 of Chinese, which is below the 2,048 that Ollama gives most embedding
 * models. Twenty-four of them are a text of some 25,000 characters.
 */
export const CHUNK_LIMITS: ChunkLimits = { maxChars: 1_200, overlapChars: 150, maxChunks: 24 };

/** Where a piece had better end, best first: behind a paragraph, a line, a sentence, a part of it, a word. */
const BORDERS = [/\n\s*\n/g, /\n/g, /[.!?…]["')\]]*\s|[。！？]["”』」）]*/g, /[;:,]\s|[；：，、]/g, /\s/g];
/** A piece that ends earlier than this share of its length would be too small. */
const SMALLEST_SHARE = 0.5;
const LONE_SURROGATE = /\p{Surrogate}/gu;

/**
 * A text in pieces that overlap, cut where a reader would pause and never inside of a character that people see as one. Of
 * a text that fits there is one piece; of one without any visible character, none. Half characters are replaced.
 */
export const chunkText = (text: string, limits: ChunkLimits = CHUNK_LIMITS): string[] => {
  const whole = text.replace(LONE_SURROGATE, "\ufffd");
  return cutText(whole, limits).map(({ from, to }) => whole.slice(from, to).trim());
};

/** Where the pieces are: `[from, to)` in UTF-16 units. */
export const cutText = (whole: string, limits: ChunkLimits): { from: number; to: number }[] => {
  if (whole.trim() === "") return [];
  if (whole.length <= limits.maxChars) return [{ from: 0, to: whole.length }];
  const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(whole);
  /** The last border between characters at or before `index`. */
  const before = (index: number): number =>
    index >= whole.length ? whole.length : (graphemes.containing(index)?.index ?? index);
  const after = (index: number): number => {
    const at = graphemes.containing(index);
    return at === undefined || at.index === index ? index : at.index + at.segment.length;
  };

  const pieces: { from: number; to: number }[] = [];
  let from = 0;
  while (from < whole.length && pieces.length < limits.maxChunks) {
    const to = endOfPiece(whole, from, limits.maxChars, before);
    if (whole.slice(from, to).trim() !== "") pieces.push({ from, to });
    if (to >= whole.length) break;
    // Never beyond the end, which a character that is longer than a piece would lead to.
    from = Math.min(after(startOfNext(whole, from, to, limits.overlapChars)), to);
  }
  return pieces;
};

function endOfPiece(
  text: string,
  start: number,
  maxChars: number,
  before: (index: number) => number,
): number {
  const furthest = start + maxChars;
  if (furthest >= text.length) return text.length;
  const nearest = start + Math.floor(maxChars * SMALLEST_SHARE);
  const window = text.slice(nearest, furthest);
  for (const border of BORDERS) {
    const last = [...window.matchAll(border)].at(-1);
    const at = last === undefined ? undefined : before(nearest + last.index + last[0].length);
    if (at !== undefined && at > start) return at;
  }
  const at = before(furthest);
  if (at > start) return at;
  // One character without end, such as a letter with a thousand accents: it is cut at a code point.
  return text.charCodeAt(furthest - 1) >= 0xd800 && text.charCodeAt(furthest - 1) < 0xdc00
    ? furthest - 1
    : furthest;
}

/** Back from the end, to where a word begins if there is one. */
function startOfNext(text: string, start: number, end: number, overlapChars: number): number {
  const from = Math.max(start + 1, end - overlapChars);
  const word = /[\s。！？；：，、]\S/.exec(text.slice(from, end));
  return word === null ? from : from + word.index + 1;
}
