import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hostileMarkdown, inkOf } from "../../test/entity-rules.ts";
import { expectSendable } from "../../test/sendable.ts";
import type { FormattedText } from "./formatted-text.ts";
import { renderMarkdown } from "./render.ts";
import { renderParts, splitFormatted } from "./split.ts";

const plain = (text: string): FormattedText => ({ text, entities: [] });
const textsOf = (parts: readonly FormattedText[]): string[] => parts.map(({ text }) => text);

describe("where it cuts", () => {
  test("what fits stays whole, up to the last unit", () => {
    expect(renderParts("short")).toEqual([plain("short")]);
    expect(textsOf(splitFormatted(plain("x".repeat(4096))))).toEqual(["x".repeat(4096)]);
    expect(splitFormatted(plain("x".repeat(4097))).map(({ text }) => text.length)).toEqual([4096, 1]);
    expect(renderParts(" \n ")).toEqual([]);
  });

  test.each([
    ["a blank line before a line end", "aaaa aaaa\n\nbbbb\ncc cccc", ["aaaa aaaa", "bbbb\ncc cccc"]],
    ["a line end before a space", "aaaa aaaa\nbb bb bbbbbb", ["aaaa aaaa", "bb bb bbbbbb"]],
    ["a space before nothing", "aaaaaaaa aaaa bbbbbbbbbb", ["aaaaaaaa aaaa", "bbbbbbbbbb"]],
    ["only in the second half", "aa\n\nbbbbbbbb bbbbbbbbbbb", ["aa\n\nbbbbbbbb", "bbbbbbbbbbb"]],
    [
      "the end of a clause",
      "一二三四五六七八九十，一二三四五六七八九",
      ["一二三四五六七八九十，", "一二三四五六七八九"],
    ],
    ["between characters if it must", "a".repeat(20), ["a".repeat(16), "aaaa"]],
  ])("at %s", (_, text, expected) => {
    expect(textsOf(splitFormatted(plain(text), { maxUnits: 16 }))).toEqual(expected);
  });

  test.each([
    ["a joined emoji", "👨‍👩‍👧‍👦"],
    ["a flag", "🇩🇪"],
    ["an emoji with a skin tone", "👍🏽"],
    ["an emoji with a selector", "❤️"],
    ["a letter with marks", "e\u0301\u0302\u0323"],
    ["a syllable block", "각"],
    ["a surrogate pair", "𝕏"],
    ["a comma with a selector", "、\ufe00"],
    ["a full stop with a joiner", "。\u200d"],
    ["a space that carries a mark", "\u00a0\u0301"],
  ])("never inside %s, wherever the limit falls", (_, character) => {
    for (let before = 0; before <= 4096 - character.length + 12; before += 1) {
      if (before > 12 && before < 4096 - character.length) continue;
      const text = "x".repeat(before) + character.repeat(700);
      const parts = splitFormatted(plain(text));
      expect(textsOf(parts).join("")).toBe(text);
      for (const part of parts) {
        expect(part.text.length).toBeLessThanOrEqual(4096);
        expect(part.text.replaceAll(character, "").replaceAll("x", "")).toBe("");
      }
    }
  });

  test("a single character longer than a message is cut without breaking a surrogate pair", () => {
    const zalgo = `😀${"\u{1d165}".repeat(3000)}`;
    const parts = splitFormatted(plain(zalgo));
    expect(textsOf(parts).join("")).toBe(zalgo);
    expectSendable(parts, zalgo);
  });
});

describe("formatting", () => {
  test("bold that goes through a cut is bold on both sides", () => {
    const parts = renderParts("**aaaa aaaa bbbb bbbb**", { maxUnits: 12 });
    expect(parts).toEqual([
      { text: "aaaa aaaa", entities: [{ type: "bold", offset: 0, length: 9 }] },
      { text: "bbbb bbbb", entities: [{ type: "bold", offset: 0, length: 9 }] },
    ]);
  });

  test("48 kB of code are opened again in every part, with language and indentation", () => {
    const lines = Array.from({ length: 1200 }, (_, i) => `    const value${i} = compute(${i}); // ok`);
    const code = lines.join("\n");
    const parts = renderParts(`\`\`\`ts\n${code}\n\`\`\``);
    expectSendable(parts, code);
    expect(parts).toHaveLength(Math.ceil(code.length / 4096));
    for (const { text, entities } of parts) {
      expect(entities).toEqual([{ type: "pre", language: "ts", offset: 0, length: text.length }]);
      expect(text).toMatch(/^ {4}const/);
    }
    expect(textsOf(parts).join("\n")).toBe(code);
  });

  test("a code block that fits into a message of its own is not cut", () => {
    const prose = "word ".repeat(300).trim();
    const code = "line of code\n".repeat(250).trim();
    const parts = renderParts(`${prose}\n\n\`\`\`\n${code}\n\`\`\`\n\nafter`);
    expect(textsOf(parts)).toEqual([prose, `${code}\n\nafter`]);
  });

  test("1000 formats make parts of at most 100, cut between lines", () => {
    const markdown = Array.from({ length: 1000 }, (_, i) => `- **b${i}**`).join("\n");
    const parts = renderParts(markdown);
    expectSendable(parts, renderMarkdown(markdown).text);
    expect(parts).toHaveLength(10);
    expect(parts.reduce((sum, { entities }) => sum + entities.length, 0)).toBe(1000);
    expect(textsOf(parts).join("\n")).toBe(renderMarkdown(markdown).text);
  });

  test("more than 100 formats on one line are cut between words, else between characters", () => {
    const source = Array.from({ length: 250 }, (_, i) => `\`${i}\``).join(" ");
    const spaced = renderParts(source);
    expectSendable(spaced, renderMarkdown(source).text);
    expect(spaced.map(({ entities }) => entities.length)).toEqual([100, 100, 50]);
    const dense: FormattedText = {
      text: "ab".repeat(250),
      entities: Array.from({ length: 250 }, (_, i) => ({ type: "bold", offset: i * 2, length: 1 })),
    };
    const parts = splitFormatted(dense);
    expectSendable(parts, dense.text);
    expect(textsOf(parts).join("")).toBe(dense.text);
  });

  test("more formats over one place than a part may have do not hang it", () => {
    const entities = Array.from({ length: 300 }, () => ({ type: "bold" as const, offset: 0, length: 5 }));
    const parts = splitFormatted({ text: "hello", entities });
    expect(parts).toHaveLength(1);
    expect(parts[0]?.entities).toHaveLength(100);
  });
});

describe("any input", () => {
  test("gives parts that can be sent, lose no ink, and are the same every time", () => {
    fc.assert(
      fc.property(
        hostileMarkdown(150),
        fc.integer({ min: 12, max: 120 }),
        fc.integer({ min: 3, max: 20 }),
        (markdown, maxUnits, maxEntities) => {
          const limits = { maxUnits, maxEntities };
          const rendered = renderMarkdown(markdown);
          const parts = splitFormatted(rendered, limits);
          expectSendable(parts, rendered.text, limits);
          expect(inkOf(textsOf(parts).join(""))).toBe(inkOf(rendered.text));
          expect(renderParts(markdown, limits)).toEqual(parts);
        },
      ),
      { numRuns: 400 },
    );
  });

  test("at full size as well", () => {
    fc.assert(
      fc.property(fc.array(hostileMarkdown(80), { minLength: 30, maxLength: 60 }), (documents) => {
        const markdown = documents.join("\n\n");
        const rendered = renderMarkdown(markdown);
        const parts = splitFormatted(rendered);
        expectSendable(parts, rendered.text);
        expect(inkOf(textsOf(parts).join(""))).toBe(inkOf(rendered.text));
      }),
      { numRuns: 15 },
    );
  });
});
