export interface TextPart {
  text: string;
  isMarked: boolean;
}

/**
 * A text cut at its marks, in order, nothing lost. What is no range of the text is passed over.
 *
 * @param marks `[from, to)` in UTF-16 units
 */
export const cutMarks = (text: string, marks: readonly (readonly [number, number])[]): TextPart[] => {
  const parts: TextPart[] = [];
  let done = 0;
  for (const [from, to] of [...marks].sort(([a], [b]) => a - b)) {
    const start = Math.max(from, done);
    const end = Math.min(to, text.length);
    if (!(start < end)) continue;
    if (start > done) parts.push({ text: text.slice(done, start), isMarked: false });
    parts.push({ text: text.slice(start, end), isMarked: true });
    done = end;
  }
  if (done < text.length) parts.push({ text: text.slice(done), isMarked: false });
  return parts;
};
