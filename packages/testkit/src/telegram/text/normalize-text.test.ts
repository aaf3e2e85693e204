import type { MessageEntity } from "@grammyjs/types";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { normalizeText } from "./normalize-text.ts";

const bold = (offset: number, length: number): MessageEntity => ({ type: "bold", offset, length });
const covered = ({ text, entities }: { text: string; entities: MessageEntity[] }) =>
  entities.map(({ offset, length }) => text.slice(offset, offset + length));

describe("normalizeText", () => {
  test("blanks go at the end, and at the beginning up to the first entity", () => {
    expect(normalizeText(" \n a b \n", [])).toEqual({ text: "a b", entities: [] });
    expect(normalizeText("  x", [bold(1, 2)])).toEqual({ text: " x", entities: [bold(0, 2)] });
    expect(normalizeText("x  ", [bold(0, 3), bold(1, 2)])).toEqual({ text: "x", entities: [bold(0, 1)] });
  });

  test("what the server removes takes the entities along", () => {
    const cleaned = normalizeText("a\r\nb\u202e c\u0007d", [bold(3, 1), bold(7, 2)]);
    expect(cleaned.text).toBe("a\nb c d");
    expect(covered(cleaned)).toEqual(["b", " d"]);
  });

  test("any text: entities stay inside it and over the characters they were set on", () => {
    const characters = fc.constantFrom("a", "é", "😀", " ", "\n", "\r", "\u202b", "\u030a", "\t", "界");
    const texts = fc.array(characters, { maxLength: 40 });
    fc.assert(
      fc.property(texts, fc.nat(40), fc.nat(40), (parts, from, count) => {
        const text = parts.join("");
        const offset = parts.slice(0, from).join("").length;
        const length = parts.slice(from, from + count).join("").length;
        const entity = bold(offset, length);
        const result = normalizeText(text, length === 0 ? [] : [entity]);
        for (const { offset: start, length: units } of result.entities) {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(units).toBeGreaterThan(0);
          expect(start + units).toBeLessThanOrEqual(result.text.length);
        }
        const visible = (part: string) => part.replace(/\s|\u202b|\u030a/g, "");
        const kept = covered(result).map(visible).join("");
        expect(kept).toBe(visible(text.slice(offset, offset + length)));
        expect(visible(result.text)).toBe(visible(text));
        expect(result.text).toBe(result.text.replace(/[ \n]+$/, ""));
      }),
    );
  });
});
