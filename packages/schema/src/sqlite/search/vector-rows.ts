import type Sqlite from "better-sqlite3";
import type { SearchedKind } from "../../enums.ts";
import { bitTable } from "./search-tables.ts";

/**
 * Away with every vector of a row, of every model, and with what of it waits to be embedded. Runs inside the transaction
 * of whoever calls.
 *
 * @param hasExtension without it the bits stay; they lead to no vector any more, and who writes the next one removes them
 */
export const removeVectors = (
  sqlite: Sqlite.Database,
  kind: SearchedKind,
  ref: number,
  hasExtension: boolean,
): void => {
  sqlite.prepare("DELETE FROM embedding_queue WHERE kind = ? AND ref = ?").run(kind, ref);
  if (kind === "message" && hasExtension) {
    const vectors = sqlite.prepare("SELECT id, model FROM message_vectors WHERE message_id = ?").all(ref);
    for (const { id, model } of vectors as { id: number; model: number }[]) {
      sqlite.prepare(`DELETE FROM ${bitTable(model)} WHERE id = ?`).run(BigInt(id));
    }
  }
  sqlite.prepare(`DELETE FROM ${kind}_vectors WHERE ${kind}_id = ?`).run(ref);
};
