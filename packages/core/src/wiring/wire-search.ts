import { loadVectors } from "@steward/schema/search-tables";
import type { CoreDeps } from "../core-deps.ts";
import { createSearchService } from "../search/create-search-service.ts";
import { createEmbedQuestion } from "../search/embed-question.ts";
import type { Embedder } from "../search/embedder.ts";
import { createSearchIndexer, type ToEmbed } from "../search/search-indexer.ts";

export type SearchRooms = ReturnType<typeof wireSearch>;

/** Finding what was said and what is remembered: the indexes, who brings them after the rows, and who asks them. */
export const wireSearch = (
  deps: CoreDeps,
  embedding: { toEmbed: ToEmbed; embedder: () => Embedder | null },
) => {
  const { database, clock, log } = deps;
  const vectorProblem = loadVectors(database.sqlite, deps.vectorExtension);
  if (vectorProblem !== null) log.error({ problem: vectorProblem }, "the vector extension cannot be used");
  const indexer = createSearchIndexer({
    database,
    hasVectors: () => vectorProblem === null,
    toEmbed: embedding.toEmbed,
    clock,
    log,
    startCheckpoints: deps.startCheckpoints,
  });
  const { searchRunner } = deps;
  const runner =
    typeof searchRunner === "function"
      ? searchRunner({
          sqlite: database.sqlite,
          hasVectors: vectorProblem === null,
          monotonicMs: () => clock.monotonicMs(),
        })
      : searchRunner;
  return {
    indexer,
    runner,
    vectorProblem,
    search: createSearchService({
      indexer,
      runner,
      embedQuestion: createEmbedQuestion({ embedder: embedding.embedder, clock, log }),
      clock,
    }),
  };
};
