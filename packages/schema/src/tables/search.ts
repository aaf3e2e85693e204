import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { SearchedKind } from "../enums.ts";

/**
 * Rows whose search index is behind. Filled by triggers on `chat_messages` and `memories`, so that no way of writing them
 * can forget it; emptied by the indexer. The indexes themselves are derived data and made outside the migrations.
 */
export const searchQueue = sqliteTable(
  "search_queue",
  {
    kind: text().$type<SearchedKind>().notNull(),
    ref: integer().notNull(),
    /** Grows with each change of the row: what is taken off is only what was indexed. */
    revision: integer().notNull().default(1),
  },
  (table) => [primaryKey({ columns: [table.kind, table.ref] })],
);
