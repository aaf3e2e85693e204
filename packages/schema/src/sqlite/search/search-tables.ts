import type Sqlite from "better-sqlite3";
import { load } from "sqlite-vec";

/**
 * The tables that searching goes by. All of it can be made anew from `chat_messages` and `memories`; bump
 * `SEARCH_LAYOUT` when what is in them has to be made anew.
 *
 * - `search_chats`: numbers for what a search is narrowed by, because full text and vectors filter by numbers.
 * - `message_text`, `memory_text`: full text over segmented text (`segment-text.ts`); column `scope` holds the tokens
 *   `b<bot>` and `c<chat>` of `search_bots` and `search_chats`. Contentless: the text is in the rows' own tables.
 * - `message_trigrams`, `memory_trigrams`: for slips of the pen; of messages only the newest.
 * - `message_vectors`, `memory_vectors`: one int8 vector per piece of text and model, scaled by 127/max|x|. Those of a chat
 *   stand side by side (`vector-rows.ts`).
 * - `signs_<model>`: the same messages' signs, for a first cut through all chats; one table per model. `bits_<model>` is how
 *   they stood before, and is emptied in the background.
 * - `embedding_queue`: what has no vector of a model yet.
 */
const LAYOUT = `
CREATE TABLE IF NOT EXISTS search_state(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS search_bots(id INTEGER PRIMARY KEY, bot_id TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS search_chats(id INTEGER PRIMARY KEY, bot INTEGER NOT NULL, session_id TEXT NOT NULL,
  UNIQUE(bot, session_id));
CREATE VIRTUAL TABLE IF NOT EXISTS message_text USING fts5(body, scope, content='', contentless_delete=1,
  tokenize='porter unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE IF NOT EXISTS memory_text USING fts5(body, scope, content='', contentless_delete=1,
  tokenize='porter unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE IF NOT EXISTS message_trigrams USING fts5(body, content='', contentless_delete=1,
  tokenize='trigram remove_diacritics 1');
CREATE VIRTUAL TABLE IF NOT EXISTS memory_trigrams USING fts5(body, content='', contentless_delete=1,
  tokenize='trigram remove_diacritics 1');
CREATE TABLE IF NOT EXISTS embedding_models(id INTEGER PRIMARY KEY, name TEXT NOT NULL, dims INTEGER NOT NULL,
  state TEXT NOT NULL, messages_through INTEGER NOT NULL DEFAULT 0, memories_through INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL, UNIQUE(name, dims));
CREATE TABLE IF NOT EXISTS embedding_queue(model INTEGER NOT NULL, kind TEXT NOT NULL, ref INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0, retry_at INTEGER NOT NULL DEFAULT 0, problem TEXT,
  PRIMARY KEY(model, kind, ref)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS message_vectors(id INTEGER PRIMARY KEY, message_id INTEGER NOT NULL, chunk INTEGER NOT NULL,
  chat INTEGER NOT NULL, bot INTEGER NOT NULL, model INTEGER NOT NULL, e BLOB NOT NULL,
  UNIQUE(message_id, model, chunk));
CREATE INDEX IF NOT EXISTS message_vectors_chat ON message_vectors(model, chat);
CREATE TABLE IF NOT EXISTS memory_vectors(id INTEGER PRIMARY KEY, memory_id INTEGER NOT NULL, chunk INTEGER NOT NULL,
  model INTEGER NOT NULL, e BLOB NOT NULL, UNIQUE(memory_id, model, chunk));
`;

/**
 * Bit tables are filtered inside the search: by bot, chat, who spoke (0 person, 1 agent) and when (UTC seconds). Of another
 * bot nothing is read; all other filters look at every row of the bot, and take three times as long as none. Bots are few:
 * each has at least one chunk of its own, 130 kB.
 */
export const createBitTable = (sqlite: Sqlite.Database, model: number, dims: number): void => {
  sqlite.exec(
    `CREATE VIRTUAL TABLE IF NOT EXISTS ${bitTable(model)} USING vec0(id INTEGER PRIMARY KEY,
      bot INTEGER PARTITION KEY, e bit[${Math.trunc(dims)}], chat INTEGER, role INTEGER, at INTEGER)`,
  );
};

export const bitTable = (model: number): string => `signs_${Math.trunc(model)}`;

/** Of vectors that have not been gathered yet (`vector-rows.ts`). The same columns, the bot among the others. */
export const earlierBitTable = (model: number): string => `bits_${Math.trunc(model)}`;

/** Of the bit tables of a model those that there are; none before its first vector. */
export const bitTablesOf = (sqlite: Sqlite.Database, model: number): string[] =>
  [bitTable(model), earlierBitTable(model)].filter(
    (name) =>
      sqlite.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(name) !== undefined,
  );

/** Makes what is missing. Needs no vectors: `bits_<model>` are made with the first vector of a model. */
export const createSearchTables = (sqlite: Sqlite.Database): void => {
  sqlite.exec(LAYOUT);
  // FTS5 merges nothing of its own accord: `TextIndex.tend` does, a little at a time.
  for (const table of ["message_text", "memory_text", "message_trigrams", "memory_trigrams"])
    sqlite.exec(`INSERT INTO ${table} (${table}, rank) VALUES ('automerge', 0)`);
};

/**
 * Loads the vector extension into a connection.
 *
 * @param path of another build of it; default: the one that is installed with Steward
 * @returns null, or why it cannot be used; everything else goes on without it
 */
export const loadVectors = (sqlite: Sqlite.Database, path?: string): string | null => {
  try {
    if (path === undefined) load(sqlite);
    else sqlite.loadExtension(path);
    sqlite.prepare("SELECT vec_version()").get();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};
