import { bitTable, bitTablesOf, createBitTable, earlierBitTable } from "@steward/schema/search-tables";
import type { OpenDatabase } from "@steward/schema/sqlite";
import { FIRST_GATHERED_ID, nextVectorId } from "@steward/schema/vector-rows";
import type { EmbeddingModel } from "./embedding-models.ts";

/** A batch holds up the event loop for some three milliseconds. */
const BATCH_ROWS = 16;

export type VectorGatherer = ReturnType<typeof createVectorGatherer>;

/**
 * Brings vectors that stand where an earlier version wrote them to the others of their chat, a batch at a time, and their
 * signs into the table that goes by bots. Searches see both meanwhile, and a restart goes on where it was. Runs inside the
 * transaction of whoever calls.
 */
export const createVectorGatherer = ({ sqlite }: { sqlite: OpenDatabase["sqlite"] }) => {
  const scattered = (): { id: number; chat: number; model: number }[] =>
    sqlite
      .prepare("SELECT id, chat, model FROM message_vectors WHERE id < ? ORDER BY id LIMIT ?")
      .all(BigInt(FIRST_GATHERED_ID), BATCH_ROWS) as { id: number; chat: number; model: number }[];
  const move = ({ id, chat, model }: { id: number; chat: number; model: number }): void => {
    const [from, to] = [BigInt(id), BigInt(nextVectorId(sqlite, chat))];
    sqlite.prepare("UPDATE message_vectors SET id = ? WHERE id = ?").run(to, from);
    const columns = "chat, bot, role, at";
    sqlite.prepare(`DELETE FROM ${bitTable(model)} WHERE id = ?`).run(to);
    sqlite
      .prepare(
        `INSERT INTO ${bitTable(model)} (id, e, ${columns})
         SELECT ?, vec_bit(e), ${columns} FROM ${earlierBitTable(model)} WHERE id = ?`,
      )
      .run(to, from);
    sqlite.prepare(`DELETE FROM ${earlierBitTable(model)} WHERE id = ?`).run(from);
  };
  let isDone = false;
  return {
    /** Needs the vector extension. */
    prepare: (models: readonly EmbeddingModel[]): void => {
      for (const { id, dims } of models) createBitTable(sqlite, id, dims);
    },
    /** Nothing is written as it was before, so that it stays so. */
    isDone: () => isDone,
    /** @returns whether there was anything to do */
    gatherSome: (models: readonly EmbeddingModel[]): boolean => {
      const rows = scattered();
      for (const row of rows) move(row);
      if (rows.length > 0) return true;
      for (const { id } of models)
        if (bitTablesOf(sqlite, id).includes(earlierBitTable(id)))
          sqlite.exec(`DROP TABLE ${earlierBitTable(id)}`);
      isDone = true;
      return false;
    },
  };
};
