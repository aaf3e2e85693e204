import type { Clock } from "@steward/platform/clock";
import type { EmbedQuestion } from "./embed-question.ts";
import type { SearchIndexer } from "./search-indexer.ts";
import type { SearchRequest, SearchResult, SearchRunner } from "./search-request.ts";
import type { MemoryHit, MessageHit, SearchAnswer, SearchService } from "./search-service.ts";

/** Vectors are left out when full text alone has taken so long. */
const BUDGET_MS = 1_500;

export const createSearchService = (deps: {
  indexer: Pick<SearchIndexer, "catchUp">;
  embedQuestion: EmbedQuestion;
  runner: SearchRunner;
  clock: Pick<Clock, "now">;
}): SearchService => {
  const { indexer, embedQuestion, runner, clock } = deps;
  const find = async <H>(
    text: string,
    requestWith: (vector: SearchRequest["vector"]) => SearchRequest,
    budgetMs?: number,
    signal?: AbortSignal,
  ): Promise<SearchAnswer<H>> => {
    const { vector, degraded } = await embedQuestion(text, budgetMs, signal);
    indexer.catchUp();
    const result: SearchResult = await runner.run(requestWith(vector), signal);
    return {
      // Whoever asked for one kind gets hits of that kind.
      hits: result.hits as H[],
      mode: result.mode,
      degraded: [...degraded, ...result.degraded],
    };
  };
  return {
    messages: (search, signal) =>
      find<MessageHit>(
        search.text,
        (vector) => ({ kind: "messages", search, vector, budgetMs: BUDGET_MS }),
        undefined,
        signal,
      ),
    memories: (search, budgetMs, signal) =>
      find<MemoryHit>(
        search.text,
        (vector) => ({ kind: "memories", search, vector, now: clock.now(), budgetMs: BUDGET_MS }),
        budgetMs,
        signal,
      ),
  };
};
