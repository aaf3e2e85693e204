import type { Clock } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import type { Embedder } from "../embedder.ts";
import type { EmbedderSource } from "../embedder-source.ts";
import { embedderNameOf } from "../embedding/embedding-models.ts";
import type { Contender, EvaluationRow } from "./evaluate-search.ts";
import type { EvaluationPair } from "./evaluation-pair.ts";

export interface Evaluation {
  pairs: number;
  rows: EvaluationRow[];
}

/** Measures how well memories are found, so that to change the embedding model is a measured choice. */
export interface SearchEvaluation {
  /**
   * By words alone, with the model in use, and with others of the embedder that is set up.
   *
   * @param pairs null = the sample set
   */
  evaluate(pairs: readonly EvaluationPair[] | null, models: readonly string[]): Promise<Evaluation>;
}

export const createSearchEvaluation = (deps: {
  source: EmbedderSource;
  /** What questions are embedded with at the moment. */
  embedder: () => Embedder | null;
  clock: Clock;
  log: Logger;
}): SearchEvaluation => ({
  evaluate: async (given, models) => {
    // Rarely wanted, and no part of a service at rest.
    const [{ evaluateSearch }, { SAMPLE_PAIRS }] = await Promise.all([
      import("./evaluate-search.ts"),
      import("./sample-pairs.ts"),
    ]);
    const pairs = given ?? SAMPLE_PAIRS;
    const contenders: Contender[] = [{ name: null, embedder: null }];
    const inUse = deps.embedder();
    if (inUse !== null) {
      const name = embedderNameOf(inUse.model);
      contenders.push({ name, embedder: deps.source.named(name) });
    }
    for (const model of models) {
      const embedder = deps.source.ofModel(model);
      const name = embedder?.model ?? model;
      if (contenders.every((contender) => contender.name !== name)) contenders.push({ name, embedder });
    }
    return { pairs: pairs.length, rows: await evaluateSearch(deps, pairs, contenders) };
  },
});
