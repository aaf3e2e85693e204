import { stripDirectionMarks } from "@steward/telegram/visible-text";

const MOST_CHARACTERS = 80;

/** A piece of somebody's text on one line, told from others by its beginning. */
export function shorten(text: string, most = MOST_CHARACTERS): string {
  const line = stripDirectionMarks(text).replace(/\s+/g, " ").trim();
  const characters = [...line];
  if (characters.length <= most) return line;
  return `${characters
    .slice(0, most - 1)
    .join("")
    .trimEnd()}…`;
}
