import { compileQuery } from "@steward/schema/compile-query";
import type { OpenDatabase } from "@steward/schema/sqlite";
import { fullTextList, RANKED } from "./full-text-list.ts";
import { fuseRanks } from "./fuse-ranks.ts";
import { fuzzyList } from "./fuzzy-list.ts";
import { makeSnippet } from "./make-snippet.ts";
import { scopeSize } from "./scope-size.ts";
import { type Corpus, memoryCorpus, messageCorpus } from "./search-corpus.ts";
import type { SearchRequest, SearchResult } from "./search-request.ts";
import type { Degradation, MessageHit } from "./search-service.ts";
import { type VectorHit, vectorList } from "./vector-list.ts";

/** So many places of each list are fused; twice what is wanted, when that is more. */
const LEAST_FUSED = 50;

const EMPTY: SearchResult = { hits: [], mode: "lexical", degraded: [] };

/** Does searches on one connection, one after the other, without a pause: it belongs into a thread of its own. */
export const createSearchEngine = (deps: {
  sqlite: OpenDatabase["sqlite"];
  hasVectors: boolean;
  monotonicMs: () => number;
}): ((request: SearchRequest) => SearchResult) => {
  const { sqlite, monotonicMs } = deps;
  const answer = (request: SearchRequest): SearchResult => {
    const startedMs = monotonicMs();
    const { search, vector } = request;
    const query = compileQuery(search.text);
    const corpus =
      request.kind === "messages"
        ? messageCorpus(sqlite, request.search)
        : memoryCorpus(request.search, request.now);
    if (query === null || corpus === null) return EMPTY;
    const fused = Math.max(LEAST_FUSED, search.limit * 2);
    const size = scopeSize(sqlite, corpus, RANKED);
    const texts = { corpus, size, pieces: query.pieces, limit: fused };
    const exact = fullTextList(sqlite, texts, query);
    const fuzzy = fuzzyList(sqlite, texts);

    const degraded: Degradation[] = [];
    let near: VectorHit[] | null = null;
    if (vector !== null) {
      if (!deps.hasVectors) degraded.push("vectors_unavailable");
      else if (monotonicMs() - startedMs > request.budgetMs) degraded.push("timed_out");
      else {
        near = vectorList(sqlite, corpus, vector, search.limit, fused);
        if (near === null || waitsForVectors(sqlite, vector)) degraded.push("embedding_pending");
      }
    }
    const distances = new Map(near?.map(({ id, distance }) => [id, distance]));
    const alsoWords = new Map(fuzzy.map(({ id, words }) => [id, words]));
    const ranked = fuseRanks([exact, fuzzy.map(({ id }) => id), near?.map(({ id }) => id) ?? []]);
    const hits = firstRows(sqlite, corpus, ranked, search.limit).map(({ content, ...row }) => {
      const distance = distances.get(row.id) ?? null;
      return {
        ...row,
        mode: distance === null ? ("lexical" as const) : ("semantic" as const),
        distance,
        ...(corpus.kind === "message" && { content }),
        snippet: makeSnippet(content, { pieces: query.pieces, alsoWords: alsoWords.get(row.id) }),
      };
    });
    return { hits, mode: near === null ? "lexical" : "semantic", degraded };
  };
  // One reading of the database: what one list has found must not be elsewhere when its rows are read.
  return sqlite.transaction(answer);
};

const waitsForVectors = (sqlite: OpenDatabase["sqlite"], vector: { model: string; dims: number }): boolean =>
  sqlite
    .prepare(
      `SELECT 1 FROM embedding_queue q JOIN embedding_models e ON e.id = q.model WHERE e.name = ? AND e.dims = ? LIMIT 1`,
    )
    .get(vector.model, vector.dims) !== undefined;

type Row = Omit<MessageHit, "id" | "score" | "mode" | "distance" | "snippet">;

/** The best that are still there. Others are not read: each is a page or two somewhere else in the file. */
const firstRows = (
  sqlite: OpenDatabase["sqlite"],
  corpus: Corpus,
  ranked: readonly { id: number; score: number }[],
  limit: number,
): (Row & { id: number; score: number })[] => {
  const found: (Row & { id: number; score: number })[] = [];
  for (let at = 0; at < ranked.length && found.length < limit; at += limit) {
    const some = ranked.slice(at, at + limit);
    const rows = readRows(
      sqlite,
      corpus,
      some.map(({ id }) => id),
    );
    for (const { id, score } of some) {
      const row = rows.get(id);
      if (row !== undefined) found.push({ ...row, id, score });
    }
  }
  return found.slice(0, limit);
};

/** The rows as they are now, without those that went, or left the scope, since they were indexed. */
const readRows = (
  sqlite: OpenDatabase["sqlite"],
  corpus: Corpus,
  ids: readonly number[],
): Map<number, Row> => {
  const columns =
    corpus.kind === "memory"
      ? "m.content AS content"
      : `m.session_id AS sessionId, m.bot_id AS botId, m.role AS role, m.content AS content, m.source AS source,
         m.username AS userName, m.turn_id AS turnId, m.created_at AS createdAt`;
  const rows = sqlite
    .prepare(
      `SELECT m.id AS id, ${columns} FROM json_each(@ids) c CROSS JOIN ${corpus.table} m ON m.id = c.value
       WHERE ${corpus.where}`,
    )
    .all({ ...corpus.values, ids: JSON.stringify(ids) }) as (Row & { id: number })[];
  return new Map(rows.map(({ id, ...row }) => [id, row]));
};
