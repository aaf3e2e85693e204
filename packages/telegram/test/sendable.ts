import { expect } from "vitest";
import { type FormattedText, isBlank } from "../src/formatting/formatted-text.ts";
import { graphemesOf } from "../src/formatting/graphemes.ts";
import { entityProblems, inkOf } from "./entity-rules.ts";

/** Visible characters that a part can hold at all. */
const charactersOf = (text: string, maxUnits: number): string[] =>
  [...graphemesOf(text)].filter((character) => inkOf(character) !== "" && character.length <= maxUnits);

/**
 * Every part is a message that Telegram takes, and together they are the source: the same visible characters in the same
 * order, none of them cut in two (unless it is larger than a message).
 */
export function expectSendable(
  parts: readonly FormattedText[],
  source: string,
  { maxUnits = 4096, maxEntities = 100 } = {},
): void {
  for (const part of parts) {
    expect(part.text.length).toBeLessThanOrEqual(maxUnits);
    expect(part.entities.length).toBeLessThanOrEqual(maxEntities);
    expect(isBlank(part.text)).toBe(false);
    expect(entityProblems(part)).toEqual([]);
  }
  expect(inkOf(parts.map(({ text }) => text).join(""))).toBe(inkOf(source));
  const isOversized = [...graphemesOf(source)].some(({ length }) => length > maxUnits);
  if (isOversized) return;
  const characters = parts.flatMap(({ text }) => charactersOf(text, maxUnits));
  // Compared as text first: a difference of thousands of characters would be printed for minutes.
  expect(
    characters.join("\u0001") === charactersOf(source, maxUnits).join("\u0001"),
    "a character was cut",
  ).toBe(true);
}
