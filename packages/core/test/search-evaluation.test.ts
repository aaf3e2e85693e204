import { createFakeClock } from "@steward/platform/clock";
import { createSilentLogger } from "@steward/platform/logger";
import { expect, test } from "vitest";
import type { Embedder } from "../src/search/embedder.ts";
import { SAMPLE_PAIRS } from "../src/search/evaluation/sample-pairs.ts";
import { createSearchEvaluation } from "../src/search/evaluation/search-evaluation.ts";
import { createFakeEmbedder, sourceOf, unavailable } from "./fake-embedder.ts";

const evaluation = (embedders: Embedder[], inUse: Embedder | null) =>
  createSearchEvaluation({
    source: {
      ...sourceOf(),
      named: (name) => embedders.find(({ model }) => model === name) ?? null,
      ofModel: (name) => embedders.find(({ model }) => model === name) ?? null,
    },
    embedder: () => inUse,
    clock: createFakeClock(),
    log: createSilentLogger(),
  });

/** Knows which question belongs to which memory, as a perfect model would. */
const perfect = (): Embedder => ({
  model: "perfect",
  dims: 64,
  embed: async (texts) =>
    texts.map((text) => {
      const i = SAMPLE_PAIRS.findIndex(
        ({ question, memory }) => question === text || `${memory.key}\n${memory.content}` === text,
      );
      return Float32Array.from({ length: 64 }, (_, n) => (n === i ? 1 : 0.01));
    }),
});

test("the sample set is in both languages, and no question is asked twice", () => {
  const han = SAMPLE_PAIRS.filter(({ question }) => /\p{Script=Han}/u.test(question)).length;
  expect([SAMPLE_PAIRS.length >= 40, han >= 20, SAMPLE_PAIRS.length - han >= 20]).toEqual([true, true, true]);
  expect(new Set(SAMPLE_PAIRS.map(({ question }) => question)).size).toBe(SAMPLE_PAIRS.length);
  expect(new Set(SAMPLE_PAIRS.map(({ memory }) => memory.key)).size).toBe(SAMPLE_PAIRS.length);
});

test("a model that knows the answers is better than words alone, one that knows nothing is not", async () => {
  const one = perfect();
  const noise = createFakeEmbedder("noise", 64);
  const { pairs, rows } = await evaluation([one, noise], one).evaluate(null, ["noise"]);
  expect(pairs).toBe(SAMPLE_PAIRS.length);
  const [words, best, worst] = rows;
  expect(words).toMatchObject({ embedder: null, dims: null, problem: null });
  expect(best).toMatchObject({ embedder: "perfect", dims: 64, problem: null });
  expect(best?.recallAt10).toBe(1);
  expect(best?.meanReciprocalRank).toBeGreaterThan((words?.meanReciprocalRank ?? 1) + 0.2);
  expect(worst?.meanReciprocalRank).toBeLessThan((best?.meanReciprocalRank ?? 0) - 0.2);
  for (const row of rows) {
    expect(row.recallAt1).toBeLessThanOrEqual(row.recallAt5);
    expect(row.recallAt5).toBeLessThanOrEqual(row.recallAt10);
  }
});

test("the figures are those of the ranks", async () => {
  const pairs = [
    { question: "where is the lighthouse", memory: { key: "a", content: "the lighthouse stands in Brest" } },
    { question: "zzz qqq", memory: { key: "b", content: "something else entirely" } },
    {
      question: "where does the lighthouse stand",
      memory: { key: "a", content: "the lighthouse stands in Brest" },
    },
    { question: "nothing of this is written", memory: { key: "c", content: "apples and pears" } },
  ];
  const { rows } = await evaluation([], null).evaluate(pairs, []);
  expect(rows).toEqual([
    ...[
      {
        embedder: null,
        dims: null,
        recallAt1: 0.5,
        recallAt5: 0.5,
        recallAt10: 0.5,
        meanReciprocalRank: 0.5,
        problem: null,
      },
    ],
  ]);
});

test("one that does not answer, or is not known, is a row that says so; the others are measured", async () => {
  const away = createFakeEmbedder("away", 64);
  away.before = unavailable;
  const { rows } = await evaluation([away], null).evaluate(null, ["away", "unheard-of"]);
  expect(rows.map(({ embedder, problem }) => [embedder, problem])).toEqual([
    [null, null],
    ["away", "nobody there"],
    ["unheard-of", expect.stringContaining("not to be had")],
  ]);
});
