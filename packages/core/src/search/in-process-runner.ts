import type { OpenDatabase } from "@steward/schema/sqlite";
import { createSearchEngine } from "./search-engine.ts";
import type { SearchRunner } from "./search-request.ts";

export interface SearchConnection {
  sqlite: OpenDatabase["sqlite"];
  hasVectors: boolean;
  monotonicMs: () => number;
}

/** Searches on the connection that also writes: for a database in memory, which no other thread can open. */
export const createInProcessRunner = (deps: SearchConnection): SearchRunner => {
  const search = createSearchEngine(deps);
  return { run: async (request) => search(request), stop: async () => undefined };
};
