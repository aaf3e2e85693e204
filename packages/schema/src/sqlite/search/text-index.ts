import type Sqlite from "better-sqlite3";
import type { SearchedKind } from "../../enums.ts";
import { foldText, segmentText } from "./segment-text.ts";

/** Of messages only so many of the newest can be found by a word that is written wrongly: the index is three times the other. */
export const TRIGRAM_MESSAGES = 100_000;

/** The full-text tables, row by row. Runs inside the transaction of whoever calls. */
export interface TextIndex {
  /** Takes a text in, in place of an earlier one of the same row. */
  put(kind: SearchedKind, ref: number, text: string, scope: string): void;
  remove(kind: SearchedKind, ref: number): void;
  /**
   * Once per batch: drops the trigrams of messages that are not among the newest any more, and merges some of what
   * earlier batches have left. FTS5's own merging comes rarely and at once (15 ms), in the middle of somebody's turn.
   */
  tend(): void;
}

export const createTextIndex = (sqlite: Sqlite.Database): TextIndex => {
  const newest = (): number =>
    (sqlite.prepare("SELECT coalesce(max(id), 0) AS id FROM chat_messages").get() as { id: number }).id;
  const remove: TextIndex["remove"] = (kind, ref) => {
    sqlite.prepare(`DELETE FROM ${kind}_text WHERE rowid = ?`).run(BigInt(ref));
    sqlite.prepare(`DELETE FROM ${kind}_trigrams WHERE rowid = ?`).run(BigInt(ref));
  };
  return {
    put: (kind, ref, text, scope) => {
      remove(kind, ref);
      sqlite
        .prepare(`INSERT INTO ${kind}_text (rowid, body, scope) VALUES (?, ?, ?)`)
        .run(BigInt(ref), segmentText(text), scope);
      if (kind === "message" && ref <= newest() - TRIGRAM_MESSAGES) return;
      sqlite
        .prepare(`INSERT INTO ${kind}_trigrams (rowid, body) VALUES (?, ?)`)
        .run(BigInt(ref), foldText(text));
    },
    remove,
    tend: () => {
      const oldest = newest() - TRIGRAM_MESSAGES;
      if (oldest > 0) sqlite.prepare("DELETE FROM message_trigrams WHERE rowid <= ?").run(BigInt(oldest));
      for (const [table, pages] of Object.entries(PAGES_MERGED)) {
        sqlite.prepare(`INSERT INTO ${table} (${table}, rank) VALUES ('merge', ?)`).run(BigInt(pages));
      }
    },
  };
};

/** More than a batch adds, several times over: each page is merged once per level. */
const PAGES_MERGED = { message_text: 16, memory_text: 8, message_trigrams: 32, memory_trigrams: 8 } as const;
const TEXT_TABLES = Object.keys(PAGES_MERGED);

/** Away with all full text; `createSearchTables` makes the tables anew, empty. */
export const dropTextTables = (sqlite: Sqlite.Database): void => {
  for (const table of TEXT_TABLES) sqlite.exec(`DROP TABLE IF EXISTS ${table}`);
};
