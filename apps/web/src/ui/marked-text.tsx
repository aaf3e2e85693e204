import { cutMarks } from "./cut-marks.ts";

/** Somebody's words with marks in them: text alone, whatever they look like, and they turn nothing around them. */
export const MarkedText = ({
  text,
  marks,
}: {
  text: string;
  marks: readonly (readonly [number, number])[];
}) => (
  <bdi className="break-words [overflow-wrap:anywhere]">
    {cutMarks(text, marks).map((part, index) =>
      // Parts have no other name than their place.
      part.isMarked ? <mark key={index}>{part.text}</mark> : <span key={index}>{part.text}</span>,
    )}
  </bdi>
);
