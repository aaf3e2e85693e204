import type { CoreDeps } from "../core-deps.ts";
import type { EmbedderSource } from "../search/embedder-source.ts";
import { EmbeddingPipeline } from "../search/embedding/embedding-pipeline.ts";
import { createSearchEvaluation, type SearchEvaluation } from "../search/evaluation/search-evaluation.ts";

const NOBODY: EmbedderSource = {
  choice: "off",
  find: async () => null,
  named: () => null,
  ofModel: () => null,
  close: () => undefined,
};

/** Measures how well memories are found. */
export const wireEvaluation = (
  { clock, log, embedders }: CoreDeps,
  embedder: EmbeddingPipeline["embedder"],
): SearchEvaluation => createSearchEvaluation({ source: embedders ?? NOBODY, embedder, clock, log });

/** What gives texts their vectors. @param vectorProblem why this connection cannot store any, or null */
export const wireEmbedding = (
  { database, clock, log, embedders }: CoreDeps,
  vectorProblem: () => string | null,
): EmbeddingPipeline =>
  new EmbeddingPipeline({
    database,
    source: embedders ?? NOBODY,
    vectorProblem,
    clock,
    log,
  });
