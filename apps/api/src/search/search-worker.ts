import { parentPort, workerData } from "node:worker_threads";
import { createSearchEngine } from "@steward/core/search/search-engine";
import type { SearchRequest } from "@steward/core/search/search-request";
import { openReader } from "@steward/schema/search-reader";

/** Searching reads a lot: in a thread of its own, on its own connection, it holds up nobody. */
const { database, vectorExtension } = workerData as { database: string; vectorExtension?: string };
const { sqlite, vectorProblem } = openReader(database, vectorExtension);
const search = createSearchEngine({
  sqlite,
  hasVectors: vectorProblem === null,
  monotonicMs: () => performance.now(),
});

parentPort?.on("message", (request: SearchRequest) => {
  try {
    parentPort?.postMessage({ result: search(request) });
  } catch (error) {
    parentPort?.postMessage({ problem: error instanceof Error ? error.message : String(error) });
  }
});
