import { setImmediate as turnOfTheLoop } from "node:timers/promises";
import type { Clock } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import { loadVectors } from "@steward/schema/search-tables";
import { type OpenDatabase, openDatabase } from "@steward/schema/sqlite";
import { type Embedder, EmbedderError } from "../embedder.ts";
import { chunkText } from "../embedding/chunk-text.ts";
import { readEmbeddedRow } from "../embedding/embedded-rows.ts";
import { createEmbeddingModels } from "../embedding/embedding-models.ts";
import { createVectorWriter, toStored } from "../embedding/vector-writer.ts";
import { createSearchEngine } from "../search-engine.ts";
import { createSearchIndexer } from "../search-indexer.ts";
import type { QueryVector } from "../search-request.ts";
import type { EvaluationPair } from "./evaluation-pair.ts";

/** How well the right memory is found with one embedder. Shares of all questions, 0 to 1. */
export interface EvaluationRow {
  /** Null = without one, by words alone. */
  embedder: string | null;
  dims: number | null;
  recallAt1: number;
  recallAt5: number;
  recallAt10: number;
  /** Mean of 1 / rank; 0 where it is not among the first ten. */
  meanReciprocalRank: number;
  /** Why it could not be measured; the figures are 0 then. */
  problem: string | null;
}

export interface Contender {
  name: string | null;
  embedder: Embedder | null;
}

const LIMIT = 10;
const BATCH = 16;
const NOTHING = { recallAt1: 0, recallAt5: 0, recallAt10: 0, meanReciprocalRank: 0 };

/**
 * Puts the memories of all pairs into a database of their own and asks it each question, with the indexes and the ranking
 * that searches have. Nothing of it stays.
 */
export const evaluateSearch = async (
  deps: { clock: Clock; log: Logger },
  pairs: readonly EvaluationPair[],
  contenders: readonly Contender[],
): Promise<EvaluationRow[]> => {
  const database = openDatabase({ path: ":memory:" });
  const { sqlite } = database;
  const problem = loadVectors(sqlite);
  const indexer = createSearchIndexer({
    database,
    hasVectors: () => problem === null,
    toEmbed: () => undefined,
    ...deps,
  });
  try {
    const wanted = remember(database, pairs);
    indexer.start();
    await indexer.flush();
    const find = createSearchEngine({
      sqlite,
      hasVectors: problem === null,
      monotonicMs: () => deps.clock.monotonicMs(),
    });
    const rows: EvaluationRow[] = [];
    for (const { name, embedder } of contenders) {
      try {
        if (name !== null && embedder === null)
          throw new EmbedderError("refused", "not to be had from the embedder that is set up");
        const model = embedder && (await fill(database, deps.clock, embedder, new Set(wanted)));
        const ranks: number[] = [];
        for (const [i, { question }] of pairs.entries()) {
          const vector = embedder && model && (await questionVector(embedder, model, question));
          const { hits } = find({
            kind: "memories",
            search: { text: question, limit: LIMIT, scope: "all" },
            vector,
            now: deps.clock.now(),
            budgetMs: Number.POSITIVE_INFINITY,
          });
          ranks.push(hits.findIndex(({ id }) => id === wanted[i]) + 1);
          await turnOfTheLoop();
        }
        rows.push({ embedder: name, dims: model?.dims ?? null, ...figuresOf(ranks), problem: null });
      } catch (error) {
        if (!(error instanceof EmbedderError)) throw error;
        rows.push({ embedder: name, dims: null, ...NOTHING, problem: error.message });
      }
    }
    return rows;
  } finally {
    indexer.stop();
    database.close();
  }
};

/** @returns the memory's id for each pair; one that several pairs name is there once */
function remember(database: OpenDatabase, pairs: readonly EvaluationPair[]): number[] {
  const ids = new Map<string, number>();
  return database.write(() =>
    pairs.map(({ memory: { key, content } }) => {
      const name = `${key}\n${content}`;
      const known = ids.get(name);
      if (known !== undefined) return known;
      const { lastInsertRowid } = database.sqlite
        // Each is a bot's own, so that one key may stand for several.
        .prepare(
          `INSERT INTO memories (bot_id, key, content, origin, created_at, updated_at) VALUES (?, ?, ?, 'person', 0, 0)`,
        )
        .run(`p${ids.size}`, key, content);
      ids.set(name, Number(lastInsertRowid));
      return Number(lastInsertRowid);
    }),
  );
}

async function fill(
  database: OpenDatabase,
  clock: Clock,
  embedder: Embedder,
  refs: ReadonlySet<number>,
): Promise<{ name: string; dims: number }> {
  const { sqlite } = database;
  const rows = [...refs].flatMap((ref) => {
    const row = readEmbeddedRow(sqlite, "memory", ref);
    return row === null ? [] : [{ ref, row, texts: chunkText(row.text) }];
  });
  const texts = rows.flatMap((row) => row.texts);
  const vectors: Float32Array[] = [];
  for (let from = 0; from < texts.length; from += BATCH) {
    vectors.push(...(await embedder.embed(texts.slice(from, from + BATCH), "document")));
    await turnOfTheLoop();
  }
  const dims = vectors[0]?.length ?? 0;
  const writer = createVectorWriter({ sqlite });
  return database.write(() => {
    const model = createEmbeddingModels({ sqlite, clock }).register(embedder.model, dims, "active");
    for (const { ref, row, texts: pieces } of rows) {
      writer.replace(model.id, "memory", ref, row, vectors.splice(0, pieces.length).map(toStored));
    }
    return model;
  });
}

async function questionVector(
  embedder: Embedder,
  { name, dims }: { name: string; dims: number },
  question: string,
): Promise<QueryVector> {
  const [vector] = await embedder.embed([question], "query");
  if (vector?.length !== dims) throw new EmbedderError("bad_answer", "its vectors differ in length");
  return { model: name, dims, ...toStored(vector) };
}

function figuresOf(ranks: readonly number[]): Omit<EvaluationRow, "embedder" | "dims" | "problem"> {
  const share = (count: number): number => (ranks.length === 0 ? 0 : count / ranks.length);
  const within = (limit: number): number => share(ranks.filter((rank) => rank > 0 && rank <= limit).length);
  return {
    recallAt1: within(1),
    recallAt5: within(5),
    recallAt10: within(LIMIT),
    meanReciprocalRank: share(ranks.reduce((sum, rank) => sum + (rank > 0 ? 1 / rank : 0), 0)),
  };
}
