import { textPieces } from "@steward/schema/segment-text";
import fc from "fast-check";
import { expect, test } from "vitest";
import { makeSnippet } from "./make-snippet.ts";

const marked = (text: string, query: string): string[] => {
  const snippet = makeSnippet(text, { pieces: textPieces(query.normalize("NFKC").toLowerCase()) });
  return snippet.marks.map(([from, to]) => snippet.text.slice(from, to));
};

test("marks stand on the original, whatever was folded to find it", () => {
  expect(marked("Das CAFÉ in Zürich", "cafe zurich")).toEqual(["CAFÉ", "Zürich"]);
  expect(marked("cafe\u0301 au lait", "café")).toEqual(["cafe\u0301"]);
  expect(marked("a ＦＵＬＬ width", "full")).toEqual(["ＦＵＬＬ"]);
  expect(marked("ｶﾞｲﾄﾞ", "ガイド")).toEqual(["ｶﾞｲﾄﾞ"]);
  expect(marked("\u1112\u1161\u11ab\u1100\u116e\u11a8", "한국")).toEqual([
    "\u1112\u1161\u11ab\u1100\u116e\u11a8",
  ]);
  expect(marked("ﬁle by file", "file")).toEqual(["ﬁle", "file"]);
  expect(marked("𠮷野家 x", "野家")).toEqual(["野家"]);
});

test("a word is marked in all its forms, a run as one", () => {
  expect(marked("they run, she runs, running", "run")).toEqual(["run", "runs", "running"]);
  expect(marked("数据库和数据", "数据库")).toEqual(["数据库"]);
  expect(marked("数据的库, 据库", "数据库")).toEqual(["数据", "据库"]);
  expect(marked("profile", "file")).toEqual([]);
});

test("of a long text the part with most of it is shown, in one line, cut at spaces and said to be cut", () => {
  const text = `${"nothing here ".repeat(60)}\nthe needle and\tthe thread ${"and so on ".repeat(60)}`;
  const { text: shown, marks } = makeSnippet(text, { pieces: textPieces("needle thread") });
  expect(marks.map(([from, to]) => shown.slice(from, to))).toEqual(["needle", "thread"]);
  expect(shown).toMatch(/^…(here|nothing) .* …?$|^….*…$/);
  expect(shown).not.toMatch(/[\n\t]/);
  expect(shown.length).toBeLessThanOrEqual(202);
});

test("no mark leaves its text, none overlaps, and no character is cut in two", () => {
  const unit = fc.constantFrom(
    "👨‍👩‍👧‍👦",
    "🇨🇭",
    "e\u0301",
    "ｶﾞ",
    "数",
    "据",
    "库",
    "a",
    "needle",
    " ",
    "\u1112\u1161\u11ab",
    "𠮷",
  );
  const whole = new Intl.Segmenter(undefined, { granularity: "grapheme" });
  fc.assert(
    fc.property(
      fc.array(unit, { maxLength: 400 }),
      fc.constantFrom("needle", "数据", "库", "e 한"),
      (units, query) => {
        const text = units.join("");
        const { text: shown, marks } = makeSnippet(text, { pieces: textPieces(query) });
        let last = 0;
        for (const [from, to] of marks) {
          expect(from).toBeGreaterThanOrEqual(last);
          expect(to).toBeGreaterThan(from);
          last = to;
        }
        expect(last).toBeLessThanOrEqual(shown.length);
        const graphemes = new Set([...whole.segment(text)].map(({ segment }) => segment));
        const inner = shown.replace(/^…/u, "").replace(/…$/u, "");
        for (const { segment } of whole.segment(inner)) expect(graphemes.has(segment), segment).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
});
