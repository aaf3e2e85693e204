import { eastAsianWidth } from "get-east-asian-width";
import { graphemesOf } from "./graphemes.ts";

/** Columns a text takes in a monospaced font: 2 for wide characters and emoji, 0 for marks, else 1. */
export function displayWidth(text: string): number {
  // Most cells are plain: no need to cut them into characters.
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const grapheme of graphemesOf(text)) width += graphemeWidth(grapheme);
  return width;
}

function graphemeWidth(grapheme: string): number {
  if (/^[\p{Default_Ignorable_Code_Point}\p{Mn}\p{Me}]+$/u.test(grapheme)) return 0;
  if (/\p{Emoji_Presentation}|\ufe0f/u.test(grapheme)) return 2;
  return eastAsianWidth(grapheme.codePointAt(0) ?? 0);
}

export type Alignment = "left" | "right" | "center";

/** Fills up with spaces to `width` columns; a wider text stays as it is. */
export function padToWidth(text: string, width: number, alignment: Alignment): string {
  const missing = Math.max(width - displayWidth(text), 0);
  const before = alignment === "right" ? missing : alignment === "center" ? Math.floor(missing / 2) : 0;
  return " ".repeat(before) + text + " ".repeat(missing - before);
}
