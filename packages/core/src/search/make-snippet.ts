import { findMarks, type Mark, type Wanted } from "./find-marks.ts";
import type { Snippet } from "./search-service.ts";

/** Two or three lines on a telephone. */
const LONGEST = 200;
/** Said before the first mark, so that it is understood. */
const BEFORE = 40;
/** Looking through a whole book for marks would take longer than finding it. */
const LOOKED_THROUGH = 100_000;
/** How far a cut goes back to the last space. */
const TO_A_SPACE = 20;
const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: "grapheme" });
/** More than the longest grapheme that anybody writes on purpose. */
const AROUND = 200;

/** The part of a text where most of what was looked for stands together, with marks, in one line. */
export const makeSnippet = (text: string, wanted: Wanted): Snippet => {
  const marks = findMarks(text.slice(0, LOOKED_THROUGH), wanted);
  const start = text.length <= LONGEST ? 0 : cutBefore(text, Math.max(0, densest(marks) - BEFORE));
  const end = text.length - start <= LONGEST ? text.length : cutBefore(text, start + LONGEST);
  const lead = start > 0 ? "…" : "";
  return {
    text: `${lead}${text.slice(start, end).replaceAll(/[\s\p{Cc}]/gu, " ")}${end < text.length ? "…" : ""}`,
    marks: marks
      .filter(([from, to]) => from >= start && to <= end)
      .map(([from, to]): Mark => [from - start + lead.length, to - start + lead.length]),
  };
};

/** Where the window with the most marks begins. */
const densest = (marks: readonly Mark[]): number => {
  let best = { at: marks[0]?.[0] ?? 0, count: 0 };
  marks.forEach(([from], i) => {
    const within = marks.slice(i, i + 50).filter(([, to]) => to <= from + LONGEST - 2 * BEFORE).length;
    if (within > best.count) best = { at: from, count: within };
  });
  return best.at;
};

/** The last place at or before `at` where a text may be cut: at a space nearby, or else between two graphemes. */
const cutBefore = (text: string, at: number): number => {
  if (at <= 0) return 0;
  const space = text.slice(Math.max(0, at - TO_A_SPACE), at).search(/\s\S*$/u);
  if (space >= 0) return Math.max(0, at - TO_A_SPACE) + space + 1;
  const from = Math.max(0, at - AROUND);
  const within = GRAPHEMES.segment(text.slice(from, at + AROUND)).containing(at - from);
  return from + (within?.index ?? at - from);
};
