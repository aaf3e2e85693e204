/** C0 but tab and line feed, DEL, C1: what a terminal obeys instead of showing. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is what this is for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/**
 * Text from a model, a tool or a stranger, made safe to write to a terminal: escape sequences could otherwise repaint
 * the screen, set the clipboard or hide what was said. Each control character becomes its visible picture, so the text
 * stays the same length and a sequence cut in two by streaming is harmless as well. Carriage returns vanish before a
 * line feed.
 */
export const harmless = (text: string): string =>
  text.replaceAll("\r\n", "\n").replace(CONTROL, (character) => {
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? "\u2421" : "\ufffd";
  });

/** Marks that turn the direction of writing: in a name they could make one row of a table look like another. */
const DIRECTION = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** The same on one line, for names in tables and tool lines. */
export const harmlessLine = (text: string): string =>
  harmless(text.replace(DIRECTION, "").replace(/\s+/g, " ")).trim();
