import type { OpenDatabase } from "@steward/schema/sqlite";
import type { createSearchEngine } from "./search-engine.ts";
import type { SearchRunner } from "./search-request.ts";

type SearchEngine = ReturnType<typeof createSearchEngine>;

/**
 * Searches on the connection that also writes: for a database in memory, which no other thread can open. The engine is loaded
 * with the first search: where a thread of its own searches, it would lie here for nothing.
 */
export const createInProcessRunner = (deps: {
  sqlite: OpenDatabase["sqlite"];
  hasVectors: boolean;
  monotonicMs: () => number;
}): SearchRunner => {
  let engine: Promise<SearchEngine> | undefined;
  const load = async (): Promise<SearchEngine> => {
    const { createSearchEngine } = await import("./search-engine.ts");
    return createSearchEngine(deps);
  };
  return {
    run: async (request) => {
      engine ??= load();
      return (await engine)(request);
    },
    stop: async () => undefined,
  };
};
