import { loadVectors } from "@steward/schema/search-tables";
import type { CoreDeps } from "../core-deps.ts";
import type { EmbedderSource } from "../search/embedder-source.ts";
import { EmbeddingPipeline } from "../search/embedding/embedding-pipeline.ts";

const NOBODY: EmbedderSource = {
  choice: "off",
  find: async () => null,
  named: () => null,
  close: () => undefined,
};

/** What gives texts their vectors. */
export const wireEmbedding = ({ database, clock, log, embedders }: CoreDeps): EmbeddingPipeline =>
  new EmbeddingPipeline({
    database,
    source: embedders ?? NOBODY,
    loadVectors: () => loadVectors(database.sqlite),
    clock,
    log,
  });
