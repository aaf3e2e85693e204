/** Grapheme rules do not depend on the language; a fixed one keeps the result the same on every machine. */
const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

/** What a person sees as single characters. */
export function* graphemesOf(text: string): Generator<string> {
  for (const { segment } of segmenter.segment(text)) yield segment;
}

/**
 * The last position at or before `at` that is not inside a visible character of the text from `from` on. `from` must be
 * such a position itself. Returns `from` when a single character reaches from there beyond `at`.
 */
export function characterStart(text: string, from: number, at: number): number {
  if (at >= text.length) return text.length;
  // Two units behind the cut show whether what stands there belongs to the character before it.
  const containing = segmenter.segment(text.slice(from, at + 2)).containing(at - from);
  return containing === undefined ? at : from + containing.index;
}

/** The first position at or behind `at` that is not inside a visible character. */
export function nextCharacterStart(text: string, at: number): number {
  const containing = segmenter.segment(text).containing(at);
  return containing === undefined || containing.index === at
    ? at
    : containing.index + containing.segment.length;
}

/** Whether a cut at `at` would leave half of a surrogate pair on either side. */
export function splitsSurrogatePair(text: string, at: number): boolean {
  return /[\ud800-\udbff]/.test(text.charAt(at - 1)) && /[\udc00-\udfff]/.test(text.charAt(at));
}

/** At most `max` UTF-16 units, with `…` in place of what was cut off; never half a visible character. */
export function truncate(text: string, max: number): string {
  if (text.length <= max) return text;
  return `${text.slice(0, characterStart(text, 0, max - 1)).trimEnd()}…`;
}
