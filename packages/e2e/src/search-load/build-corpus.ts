import { monitorEventLoopDelay } from "node:perf_hooks";
import { startCheckpointThread } from "@steward/api/checkpoint-thread";
import type { EmbeddedRow } from "@steward/core/search/embedded-rows";
import { createSearchIndexer } from "@steward/core/search/search-indexer";
import { createVectorWriter, toStored } from "@steward/core/search/vector-writer";
import { createSystemClock } from "@steward/platform/clock";
import { createSilentLogger } from "@steward/platform/logger";
import { createBitTable, loadVectors } from "@steward/schema/search-tables";
import { type OpenDatabase, openDatabase } from "@steward/schema/sqlite";
import { generateMessages, ONE_CHAT, type Vocabulary } from "./generate-messages.ts";
import { createExactTop, createVectorSource, DIMS } from "./generate-vectors.ts";

export const MODEL = { id: 1, name: "synthetic" };
const PER_COMMIT = 5_000;
/** Beyond so many they take more memory than a benchmark should. */
const KEPT_VECTORS = 100_000;

export interface Corpus {
  database: OpenDatabase;
  questions: Float32Array[];
  /** Words and pairs of characters of the one chat. */
  said: string[];
  /** Message ids of the ten nearest to each question. */
  exact: number[][];
  /** The first vectors, one after the other, for the plain alternatives. */
  vectors: Float32Array;
  indexing: { rowsPerSecond: number; loopP99Ms: number };
  embeddingRowsPerSecond: number;
}

/** A database with messages, indexed by the real indexer, and vectors as they are stored. */
export const buildCorpus = async (
  path: string,
  count: number,
  vocabulary: Vocabulary,
  questionCount: number,
): Promise<Corpus> => {
  const database = openDatabase({ path });
  const problem = loadVectors(database.sqlite);
  if (problem !== null) throw new Error(problem);
  insertMessages(database, count, vocabulary);
  const indexing = await indexAll(database, path, count);
  const source = createVectorSource();
  const questions = Array.from({ length: questionCount }, source);
  const startedMs = performance.now();
  const { exact, vectors, spentElsewhereMs } = insertVectors(database, count, source, questions);
  const seconds = (performance.now() - startedMs - spentElsewhereMs) / 1_000;
  database.checkpoint();
  return {
    database,
    questions,
    said: wordsOfChat(database),
    exact,
    vectors,
    indexing,
    embeddingRowsPerSecond: count / seconds,
  };
};

const wordsOfChat = ({ sqlite }: OpenDatabase): string[] =>
  sqlite
    .prepare("SELECT content FROM chat_messages WHERE session_id = ?")
    .all(`gw-${ONE_CHAT.botId}-${ONE_CHAT.chatId}`)
    .flatMap((row) => (row as { content: string }).content.match(/[a-z]{5,}|\p{Script=Han}{2}/gu) ?? []);

const insertMessages = ({ sqlite, writeUnsynced }: OpenDatabase, count: number, vocabulary: Vocabulary) => {
  const messages = generateMessages(count, vocabulary);
  const insert = sqlite.prepare(
    "INSERT INTO chat_messages (session_id, bot_id, role, content, source, created_at) VALUES (?, ?, ?, ?, 'bench', ?)",
  );
  for (let done = 0; done < count; done += PER_COMMIT) {
    writeUnsynced(() => {
      for (let i = 0; i < Math.min(PER_COMMIT, count - done); i++) {
        const { value } = messages.next();
        if (value) insert.run(value.sessionId, value.botId, value.role, value.content, value.createdAt);
      }
    });
  }
};

const indexAll = async (database: OpenDatabase, path: string, count: number): Promise<Corpus["indexing"]> => {
  const indexer = createSearchIndexer({
    database,
    hasVectors: () => true,
    toEmbed: () => undefined,
    clock: createSystemClock(),
    log: createSilentLogger(),
    startCheckpoints: () => startCheckpointThread(path),
  });
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const startedMs = performance.now();
  indexer.start();
  await indexer.flush();
  const seconds = (performance.now() - startedMs) / 1_000;
  delay.disable();
  indexer.stop();
  return { rowsPerSecond: count / seconds, loopP99Ms: delay.percentile(99) / 1e6 };
};

const insertVectors = (
  { sqlite, writeUnsynced }: OpenDatabase,
  count: number,
  source: () => Float32Array,
  questions: readonly Float32Array[],
) => {
  sqlite
    .prepare("INSERT INTO embedding_models (id, name, dims, state, created_at) VALUES (?, ?, ?, 'ready', 1)")
    .run(MODEL.id, MODEL.name, DIMS);
  createBitTable(sqlite, MODEL.id, DIMS);
  const messages = sqlite.prepare(
    `SELECT id, bot_id AS botId, session_id AS sessionId, role, created_at AS createdAt FROM chat_messages
     WHERE id > ? ORDER BY id LIMIT ${PER_COMMIT}`,
  );
  const writer = createVectorWriter({ sqlite });
  const top = createExactTop(questions);
  const vectors = new Float32Array(Math.min(count, KEPT_VECTORS) * DIMS);
  let spentElsewhereMs = 0;
  for (let last = 0; last < count; ) {
    const rows = messages.all(last) as ({ id: number } & NonNullable<EmbeddedRow["message"]>)[];
    const startedMs = performance.now();
    const made = rows.map(({ id }) => {
      const vector = source();
      top.see(id, vector);
      if (id <= KEPT_VECTORS) vectors.set(vector, (id - 1) * DIMS);
      return vector;
    });
    spentElsewhereMs += performance.now() - startedMs;
    writeUnsynced(() => {
      rows.forEach(({ id, ...message }, i) => {
        const stored = toStored(made[i] ?? new Float32Array(DIMS));
        writer.replace(MODEL.id, "message", id, { text: "", message }, [stored]);
      });
    });
    last = rows.at(-1)?.id ?? count;
  }
  return { exact: top.ids(), vectors, spentElsewhereMs };
};
