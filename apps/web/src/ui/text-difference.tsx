import { escapeHidden } from "@steward/contract/visible-text";
import { useMemo } from "react";
import { useLanguage } from "../texts/texts.tsx";
import { findDifference } from "./difference.ts";

/**
 * What was taken out of a text, and what was put in. Characters that a screen would hide are shown by their codes: nobody
 * accepts what they cannot see.
 */
export const TextDifference = ({ before, after }: { before: string; after: string }) => {
  const { language } = useLanguage();
  const parts = useMemo(
    () => findDifference(escapeHidden(before), escapeHidden(after), language),
    [before, after, language],
  );
  return (
    <p
      dir="auto"
      className="max-h-80 overflow-y-auto text-sm whitespace-pre-wrap [overflow-wrap:anywhere]"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys
      tabIndex={0}
    >
      {parts.map(({ text, is }, index) =>
        is === "removed" ? (
          <del key={index} className="rounded-sm bg-bad-soft text-bad">
            {text}
          </del>
        ) : is === "added" ? (
          <ins key={index} className="rounded-sm bg-good-soft text-good">
            {text}
          </ins>
        ) : (
          <span key={index}>{text}</span>
        ),
      )}
    </p>
  );
};
