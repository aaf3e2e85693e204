import type { TurnMessage } from "./turn-message-repository.ts";

type Part = Pick<TurnMessage, "messageId" | "startsAt" | "length" | "lateEdit">;

/** The words that a message makes in a prompt. */
export const partOf = (prompt: string, { startsAt, length }: Pick<Part, "startsAt" | "length">): string =>
  prompt.slice(startsAt, startsAt + length);

/** A prompt with other words for one of its messages. */
export const withPart = (
  prompt: string,
  { startsAt, length }: Pick<Part, "startsAt" | "length">,
  text: string,
): string => {
  const rest = prompt.slice(startsAt + length);
  // Files that came without a word may have left words of their own there.
  const joint = length === 0 && text !== "" && rest !== "" && !rest.startsWith("\n") ? "\n\n" : "";
  return prompt.slice(0, startsAt) + text + joint + rest;
};

/** A prompt with all edits that came too late for it, and where its messages then stand. */
export const withLateEdits = (
  prompt: string,
  parts: readonly Part[],
): { prompt: string; parts: Omit<Part, "lateEdit">[] } => {
  let edited = prompt;
  let moved = 0;
  const placed = parts.map(({ messageId, startsAt, length, lateEdit }) => {
    const at = startsAt + moved;
    if (lateEdit === null) return { messageId, startsAt: at, length };
    edited = withPart(edited, { startsAt: at, length }, lateEdit);
    moved += lateEdit.length - length;
    return { messageId, startsAt: at, length: lateEdit.length };
  });
  return { prompt: edited, parts: placed };
};
