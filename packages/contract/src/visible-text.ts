/** Control and format characters (bidi marks, zero-width, tags), lone surrogates, private use, blanks that are no space. */
const HIDDEN = /[^\P{C}\n\t]|\p{Default_Ignorable_Code_Point}|[\p{Zl}\p{Zp}]|[^\P{Zs} ]|\u2800/gu;

/** How an emoji that is made of several characters may begin, and what may follow its joiner. */
const EMOJI_BEFORE = /(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)$/u;
const EMOJI_AFTER = /^\p{Extended_Pictographic}/u;

/**
 * Text as it is: every character that a screen would hide, or that would move its neighbours, becomes its code,
 * `⟨U+202E⟩`. What a person is asked to allow must not read differently from what will run. Line feeds, tabs and
 * joined emoji stay.
 */
export const escapeHidden = (text: string): string =>
  text.replace(HIDDEN, (character, at: number) => {
    if (character === "\ufe0f" || character === "\u200d") {
      const before = EMOJI_BEFORE.test(text.slice(Math.max(0, at - 2), at));
      if (before && (character === "\ufe0f" || EMOJI_AFTER.test(text.slice(at + 1, at + 3))))
        return character;
    }
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    return `⟨U+${code}⟩`;
  });
