import { escapeHidden } from "@steward/contract/visible-text";
import { classes } from "./classes.ts";

/** Somebody's text as it is, line by line, with the codes of characters that a screen would hide; a long one scrolls. */
export const PlainText = ({ text, className }: { text: string; className?: string }) => (
  <p
    dir="auto"
    className={classes(
      "max-h-80 overflow-y-auto text-sm whitespace-pre-wrap [overflow-wrap:anywhere]",
      className,
    )}
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys
    tabIndex={0}
  >
    {escapeHidden(text)}
  </p>
);
