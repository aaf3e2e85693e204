import type { MessageEntity } from "@grammyjs/types";
import fc from "fast-check";
import type { FormattedText } from "../src/formatting/formatted-text.ts";

const STYLES = new Set(["bold", "italic", "underline", "strikethrough", "spoiler"]);
const isQuote = ({ type }: MessageEntity): boolean =>
  type === "blockquote" || type === "expandable_blockquote";
const isCode = ({ type }: MessageEntity): boolean => type === "code" || type === "pre";

/** What the server would refuse, drop or split in a formatted text; empty when it would keep all of it. */
export function entityProblems({ text, entities }: FormattedText): string[] {
  const problems: string[] = [];
  const halfPair = (at: number): boolean =>
    /[\ud800-\udbff]/.test(text.charAt(at - 1)) && /[\udc00-\udfff]/.test(text.charAt(at));
  for (const [index, entity] of entities.entries()) {
    const { offset, length } = entity;
    const end = offset + length;
    const name = `${entity.type}[${offset}+${length}]`;
    if (offset < 0 || length <= 0 || end > text.length) problems.push(`${name} lies outside the text`);
    if (halfPair(offset) || halfPair(end)) problems.push(`${name} splits a surrogate pair`);
    if (text.slice(offset, end).trim() === "") problems.push(`${name} covers nothing`);
    const before = entities[index - 1];
    if (
      before !== undefined &&
      (before.offset > offset || (before.offset === offset && before.length < length))
    ) {
      problems.push(`${name} is out of order`);
    }
    for (const other of entities.slice(index + 1)) {
      if (other.offset >= end) continue;
      const both = `${name} and ${other.type}[${other.offset}+${other.length}]`;
      if (other.offset + other.length > end) problems.push(`${both} overlap`);
      if (other.type === entity.type) problems.push(`${both} are the same format twice`);
      const quotes = isQuote(entity);
      if (isCode(other) && !quotes) problems.push(`${both}: code inside another format`);
      if (isCode(entity)) problems.push(`${both}: a format inside code`);
      if (!STYLES.has(entity.type) && !STYLES.has(other.type) && !quotes)
        problems.push(`${both} do not nest`);
      if (isQuote(other)) problems.push(`${both}: a quote inside another format`);
    }
  }
  if (/\p{Cs}/u.test(text)) problems.push("half a surrogate pair");
  return problems;
}

/** Ink only: what must survive every cut. */
export const inkOf = (text: string): string =>
  text.replace(/[\s\p{Default_Ignorable_Code_Point}\p{Cc}\u2800]/gu, "");

const FRAGMENTS = [
  ..."*_~`|[]()<>#-+.!\\&:\"'=$^{}1a ",
  ..."\n\n\n\t",
  "\r\n",
  "**",
  "__",
  "~~",
  "```",
  "```js\n",
  "\n```\n",
  "~~~\n",
  "\n- ",
  "\n   - ",
  "\n1. ",
  "\n- [x] ",
  "\n> ",
  "\n>> ",
  "\n# ",
  "\n---\n",
  "\n| a | b |\n|---|:-:|\n| 1 | 2 |\n",
  "| ",
  "](https://x.example/a_(b)) ",
  "](javascript:alert(1)) ",
  "![alt](",
  "<https://a.example>",
  "www.b.example",
  "me@c.example",
  "[^1]",
  "\n[^1]: note\n",
  "\n[id]: https://d.example\n",
  "[t][id]",
  "<b>",
  "<br>",
  "<!-- ",
  "&amp;",
  "&#x202e;",
  "&#0;",
  "word ",
  "слово ",
  "שלום ",
  "漢字",
  "，",
  "👨‍👩‍👧‍👦",
  "🇩🇪",
  "👍🏽",
  "e\u0301\u0302",
  "a\u030a",
  "\u200b",
  "、\ufe00",
  "。\u200d",
  "\u00a0\u0301",
  " \u0308",
  "नि",
  "각",
  "\u202e",
  "\ud83d",
  "\udc00",
  "\u0000",
  "\u001b[31m",
  "    code\n",
];

/** Markdown as nobody would write it, from every construct and every awkward character. */
export const hostileMarkdown = (maxLength: number, minLength = 0): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...FRAGMENTS), { minLength, maxLength }).map((parts) => parts.join(""));
