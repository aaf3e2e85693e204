import type { CoreDeps } from "../core-deps.ts";
import type { EmbedderSource } from "../search/embedder-source.ts";
import { EmbeddingPipeline } from "../search/embedding/embedding-pipeline.ts";

const NOBODY: EmbedderSource = {
  choice: "off",
  find: async () => null,
  named: () => null,
  close: () => undefined,
};

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
