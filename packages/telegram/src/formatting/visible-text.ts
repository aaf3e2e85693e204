/** Marks, embeddings, overrides and isolates that change the reading direction. */
const DIRECTION = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Everything without ink but ordinary spaces and line breaks, and spaces that only look like one. */
const HIDDEN = /(?![\n\t \u3000])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Zs}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * Removes the characters that turn the reading direction. For text that is shown in passing; where a person decides by
 * what they read, take {@link revealHidden}, which does not hide that there was something to remove.
 */
export function stripDirectionMarks(text: string): string {
  return text.replace(DIRECTION, "");
}

/**
 * Writes every invisible character out as `⟨U+200B⟩`, so that what a person approves is what will run. Joiners and
 * selectors inside an emoji stay.
 */
export function revealHidden(text: string): string {
  return text.replace(HIDDEN, (character, at: number) =>
    belongsToEmoji(text, at, character) ? character : `⟨U+${codePointOf(character)}⟩`,
  );
}

function codePointOf(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
}

function belongsToEmoji(text: string, at: number, character: string): boolean {
  const before = text.slice(Math.max(at - 2, 0), at);
  if (character === "\ufe0f" || character === "\ufe0e") return /(?:\p{Emoji}|\u20e3)$/u.test(before);
  if (character !== "\u200d") return false;
  const after = text.slice(at + 1, at + 3);
  return (
    /(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)$/u.test(before) &&
    /^\p{Extended_Pictographic}/u.test(after)
  );
}
