import type Sqlite from "better-sqlite3";
import type { SearchedKind } from "../../enums.ts";
import { bitTable, earlierBitTable } from "./search-tables.ts";

/** More vectors than a chat ever has; two million chats of them are within the integers that JavaScript has. */
const IDS_PER_CHAT = 2 ** 32;

/**
 * The id of a message's next vector: behind those of its chat, so that all of a chat are read from pages that stand side by
 * side. Where they are scattered, each is a page of its own, and to read them takes longer than to compare them. Runs inside
 * the transaction of whoever calls.
 *
 * @param chat number of the session (`search-scopes.ts`)
 */
export const nextVectorId = (sqlite: Sqlite.Database, chat: number): number => {
  const start = chat * IDS_PER_CHAT;
  const { last } = sqlite
    .prepare("SELECT max(id) AS last FROM message_vectors WHERE id >= ? AND id < ?")
    .get(BigInt(start), BigInt(start + IDS_PER_CHAT)) as { last: number | null };
  return (last ?? start) + 1;
};

/** Vectors with an id below stand as they were written, one after the other, their signs in `earlierBitTable`. */
export const FIRST_GATHERED_ID = IDS_PER_CHAT;

/** Where the signs of a message's vector stand. */
export const bitTableOf = (model: number, vectorId: number): string =>
  vectorId < FIRST_GATHERED_ID ? earlierBitTable(model) : bitTable(model);

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
      sqlite.prepare(`DELETE FROM ${bitTableOf(model, id)} WHERE id = ?`).run(BigInt(id));
    }
  }
  sqlite.prepare(`DELETE FROM ${kind}_vectors WHERE ${kind}_id = ?`).run(ref);
};
