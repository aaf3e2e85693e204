import { textPieces } from "@steward/schema/segment-text";
import { expect, test } from "vitest";
import { weighTexts } from "./weigh-texts.ts";

/** Places of the texts, best first. */
const weigh = (query: string, texts: string[], all = 100): number[] =>
  weighTexts(
    texts.map((text, id) => ({ id, text })),
    textPieces(query),
    all,
  );

test("what says it more often, or says little else, comes first; of equals the newer one", () => {
  expect(weigh("tea", ["tea and cake and so on", "tea, tea and more tea", "tea", "tea"])).toEqual([
    3, 2, 1, 0,
  ]);
});

test("a rare word weighs more than a common one", () => {
  expect(weigh("tea urn", ["tea here", "tea here", "urn here", "tea here"])[0]).toBe(2);
});

test("a word counts in all its forms, a short one only as it is", () => {
  const filler = "x".repeat(20);
  expect(weigh("studies", [`the study ${filler}`, `its outstudied ${filler}`])[0]).toBe(0);
  expect(weigh("studies", [`nothing of it ${filler}`, `who studied it ${filler}`])[0]).toBe(1);
  expect(weigh("go", [`let us go ${filler}`, `good google ${filler}`])[0]).toBe(0);
  expect(weigh("Café", [`in the CAFE ${filler}`, `in the cart ${filler}`])[0]).toBe(0);
});

test("of a run of characters the more pairs the better", () => {
  expect(weigh("数据库", ["依据库存发货吧吧", "我们的数据库很慢", "没有什么可以说的"])).toEqual([1, 0, 2]);
  expect(weigh("库", ["没有什么", "仓库门口"])[0]).toBe(1);
});

test("nothing found is nothing weighed", () => {
  expect(weigh("tea", [])).toEqual([]);
});
