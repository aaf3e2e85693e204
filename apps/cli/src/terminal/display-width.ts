import { eastAsianWidth } from "get-east-asian-width";

/** Marks that sit on the character before them, and joiners, take no place of their own. */
const NO_PLACE = /[\p{Mark}\p{Format}]/u;

/**
 * Places a text takes on a terminal: Chinese, Japanese and Korean characters and emoji take two. Joined emoji count
 * each of their parts, as most terminals draw them; the large `string-width` package knows better at 80 ms per start.
 */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (!NO_PLACE.test(character)) width += eastAsianWidth(character.codePointAt(0) ?? 0);
  }
  return width;
}
