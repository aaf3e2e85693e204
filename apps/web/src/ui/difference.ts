import { diffWords } from "diff";

export interface DifferencePart {
  text: string;
  is: "same" | "added" | "removed";
}

/** Beyond it two texts have little in common: then the one is shown, and then the other. */
const MOST_EDITS = 2_000;

/** What has to be taken out of a text, and put into it, so that it becomes another; by words, also where none are spaced. */
export const findDifference = (before: string, after: string, language: string): DifferencePart[] => {
  const intlSegmenter = new Intl.Segmenter(language, { granularity: "word" });
  const parts = diffWords(before, after, { intlSegmenter, maxEditLength: MOST_EDITS });
  if (!parts) {
    const whole: DifferencePart[] = [
      { text: before, is: "removed" },
      { text: after, is: "added" },
    ];
    return whole.filter(({ text }) => text !== "");
  }
  return parts.map(({ value, added, removed }) => ({
    text: value,
    is: added ? "added" : removed ? "removed" : "same",
  }));
};
