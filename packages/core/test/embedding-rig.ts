import { createFakeClock, type FakeClock } from "@steward/platform/clock";
import { createSilentLogger } from "@steward/platform/logger";
import { quantize } from "@steward/schema/quantize";
import { bitTable, loadVectors } from "@steward/schema/search-tables";
import type { OpenDatabase } from "@steward/schema/sqlite";
import { onTestFinished } from "vitest";
import { chunkText } from "../src/search/embedding/chunk-text.ts";
import { EmbeddingPipeline } from "../src/search/embedding/embedding-pipeline.ts";
import { createSearchIndexer } from "../src/search/search-indexer.ts";
import { type FakeEmbedder, sourceOf, vectorOf } from "./fake-embedder.ts";
import { openOwnDatabase } from "./own-database.ts";

/** The embedding pipeline and the indexer that hands it rows, on a real database. */
export interface EmbeddingRig {
  database: OpenDatabase;
  clock: FakeClock;
  pipeline: EmbeddingPipeline;
  say(text: string, sessionId?: string): number;
  remember(key: string, content: string): number;
  run(query: string, ...values: unknown[]): void;
  all<T>(query: string, ...values: unknown[]): T[];
  /** Indexes what was written, and lets time pass until nothing is done any more, or for `ms`. */
  settle(ms?: number): Promise<void>;
  /** The service dies and starts again on the same database. */
  reboot(...embedders: FakeEmbedder[]): Promise<EmbeddingRig>;
  /** What is wrong with the vectors of the active model: nothing when they are exactly those of the present texts. */
  differences(): string[];
}

const DAY_MS = 86_400_000;

export const startEmbedding = async (
  embedders: readonly FakeEmbedder[],
  shared: { database?: OpenDatabase; clock?: FakeClock } = {},
): Promise<EmbeddingRig> => {
  const database = shared.database ?? openOwnDatabase();
  const clock = shared.clock ?? createFakeClock(1_700_000_000_000);
  const { sqlite } = database;
  const problem = loadVectors(sqlite);
  const pipeline = new EmbeddingPipeline({
    database,
    source: sourceOf(...embedders),
    vectorProblem: () => problem,
    clock,
    log: createSilentLogger(),
  });
  pipeline.start();
  onTestFinished(() => pipeline.stop());

  const indexer = createSearchIndexer({
    database,
    hasVectors: () => problem === null,
    toEmbed: pipeline.toEmbed,
    clock,
    log: createSilentLogger(),
  });
  indexer.start();
  const all: EmbeddingRig["all"] = <T>(query: string, ...values: unknown[]) =>
    sqlite.prepare(query).all(...values) as T[];

  return {
    database,
    clock,
    pipeline,
    say: (text, sessionId = "gw-b-1") =>
      Number(
        sqlite
          .prepare(
            `INSERT INTO chat_messages (session_id, bot_id, role, content, source, created_at)
             VALUES (?, 'b', 'user', ?, 'test', ?)`,
          )
          .run(sessionId, text, clock.now()).lastInsertRowid,
      ),
    remember: (key, content) =>
      Number(
        sqlite
          .prepare(
            "INSERT INTO memories (key, content, origin, created_at, updated_at) VALUES (?, ?, 'person', 1, 1)",
          )
          .run(key, content).lastInsertRowid,
      ),
    run: (query, ...values) => void sqlite.prepare(query).run(...values),
    all,
    settle: async (ms = 2 * DAY_MS) => {
      await indexer.flush();
      const until = clock.now() + ms;
      const isAtRest = (): boolean =>
        all("SELECT 1 FROM embedding_queue LIMIT 1").length === 0 &&
        all("SELECT 1 FROM embedding_models WHERE state <> 'active'").length === 0 &&
        (embedders.length === 0 || all("SELECT 1 FROM embedding_models").length === 1);
      // What is found at rest twice has nothing behind its mark either.
      for (let quiet = 0; quiet < 2 && clock.now() < until; quiet = isAtRest() ? quiet + 1 : 0) {
        await clock.advance(Math.min(70_000, until - clock.now()));
        for (let round = 0; round < 5; round += 1) await new Promise((resolve) => setImmediate(resolve));
      }
    },
    reboot: async (...next) => {
      indexer.stop();
      await pipeline.stop();
      return await startEmbedding(next.length > 0 ? next : embedders, { database, clock });
    },
    differences: () => differencesOf(all, embedders),
  };
};

/** The tables of vectors against the texts, both ways. */
function differencesOf(all: EmbeddingRig["all"], embedders: readonly FakeEmbedder[]): string[] {
  const found: string[] = [];
  const [model] = all<{ id: number; name: string; dims: number }>(
    "SELECT id, name, dims FROM embedding_models WHERE state = 'active'",
  );
  if (model === undefined) return ["no active model"];
  if (!embedders.some((embedder) => model.name.startsWith(embedder.model))) found.push(`model ${model.name}`);
  const expected = new Map<string, Buffer>();
  const add = (kind: string, id: number, text: string): void => {
    chunkText(text).forEach((piece, chunk) => {
      expected.set(`${kind} ${id} ${chunk}`, Buffer.from(quantize(vectorOf(piece, model.dims)).buffer));
    });
  };
  for (const { id, content } of all<{ id: number; content: string }>("SELECT id, content FROM chat_messages"))
    add("message", id, content);
  for (const row of all<{ id: number; key: string; content: string }>(
    "SELECT id, key, content FROM memories",
  ))
    add("memory", row.id, `${row.key}\n${row.content}`);
  const stored = all<{ name: string; e: Buffer; vector: number | null }>(
    `SELECT 'message ' || message_id || ' ' || chunk AS name, e, id AS vector FROM message_vectors WHERE model = @model
     UNION ALL SELECT 'memory ' || memory_id || ' ' || chunk, e, NULL FROM memory_vectors WHERE model = @model`,
    { model: model.id },
  );
  for (const { name, e } of stored) {
    const vector = expected.get(name);
    if (vector === undefined) found.push(`${name} has a vector and no text`);
    else if (!vector.equals(e)) found.push(`${name} has the vector of another text`);
    expected.delete(name);
  }
  found.push(...[...expected.keys()].map((name) => `${name} has no vector`));
  const bits = all<{ id: number }>(`SELECT id FROM ${bitTable(model.id)} ORDER BY id`).map(({ id }) => id);
  const withBits = stored.flatMap(({ vector }) => (vector === null ? [] : [vector])).sort((a, b) => a - b);
  if (JSON.stringify(bits) !== JSON.stringify(withBits)) found.push(`bits ${bits}, vectors ${withBits}`);
  const scopes = all<{ n: number }>(
    `SELECT count(*) AS n FROM message_vectors v JOIN chat_messages m ON m.id = v.message_id
     JOIN search_chats c ON c.id = v.chat WHERE c.session_id <> m.session_id`,
  );
  if (scopes[0]?.n !== 0) found.push(`${scopes[0]?.n} vectors lie in another chat than their text`);
  const others = all<{ n: number }>(
    `SELECT (SELECT count(*) FROM message_vectors WHERE model <> @model)
     + (SELECT count(*) FROM memory_vectors WHERE model <> @model) AS n`,
    { model: model.id },
  );
  if (others[0]?.n !== 0) found.push(`${others[0]?.n} vectors of other models`);
  const tables = all(
    "SELECT name FROM sqlite_master WHERE (name GLOB 'bits_*' OR name GLOB 'signs_*') AND sql LIKE 'CREATE VIRTUAL%'",
  );
  if (tables.length !== 1) found.push(`${tables.length} tables of bits`);
  return found;
}
