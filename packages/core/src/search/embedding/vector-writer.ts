import type { SearchedKind } from "@steward/schema/enums";
import { quantize, signBits } from "@steward/schema/quantize";
import { scopeNumbersOf } from "@steward/schema/search-scopes";
import { bitTable } from "@steward/schema/search-tables";
import type { OpenDatabase } from "@steward/schema/sqlite";
import { bitTableOf, nextVectorId } from "@steward/schema/vector-rows";
import type { EmbeddedRow } from "./embedded-rows.ts";

/** A vector as it is stored and searched by. */
export interface StoredVector {
  int8: Int8Array;
  bits: Uint8Array;
}

/** @throws RangeError for a vector without a direction */
export const toStored = (vector: Float32Array): StoredVector => ({
  int8: quantize(vector),
  bits: signBits(vector),
});

/**
 * The tables of vectors, row by row. Ids of vec0 tables are BigInt (numbers bind as REAL there), and a row is replaced by
 * deleting and inserting (it refuses REPLACE). Runs inside the transaction of whoever calls.
 */
export type VectorWriter = ReturnType<typeof createVectorWriter>;

export const createVectorWriter = ({ sqlite }: { sqlite: OpenDatabase["sqlite"] }) => {
  const removeIds = (model: number, kind: SearchedKind, ids: readonly number[]): void => {
    for (const id of ids) {
      if (kind === "message")
        sqlite.prepare(`DELETE FROM ${bitTableOf(model, id)} WHERE id = ?`).run(BigInt(id));
      sqlite.prepare(`DELETE FROM ${kind}_vectors WHERE id = ?`).run(id);
    }
  };
  const remove = (model: number, kind: SearchedKind, ref: number): void => {
    const rows = sqlite
      .prepare(`SELECT id FROM ${kind}_vectors WHERE ${kind}_id = ? AND model = ?`)
      .all(ref, model) as { id: number }[];
    removeIds(
      model,
      kind,
      rows.map(({ id }) => id),
    );
  };
  const insertMessage = (
    model: number,
    ref: number,
    message: NonNullable<EmbeddedRow["message"]>,
    vectors: readonly StoredVector[],
  ): void => {
    const { bot, chat } = scopeNumbersOf(sqlite, message.botId, message.sessionId);
    const role = message.role === "user" ? 0n : 1n;
    const at = BigInt(Math.floor(message.createdAt / 1_000));
    vectors.forEach(({ int8, bits }, chunk) => {
      const id = BigInt(nextVectorId(sqlite, chat));
      sqlite
        .prepare(
          "INSERT INTO message_vectors (id, message_id, chunk, chat, bot, model, e) VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .run(id, ref, chunk, chat, bot, model, asBlob(int8));
      // Bits that were left behind while the extension was missing.
      sqlite.prepare(`DELETE FROM ${bitTable(model)} WHERE id = ?`).run(id);
      sqlite
        .prepare(
          `INSERT INTO ${bitTable(model)} (id, e, chat, bot, role, at) VALUES (?, vec_bit(?), ?, ?, ?, ?)`,
        )
        .run(id, asBlob(bits), BigInt(chat), BigInt(bot), role, at);
    });
  };

  return {
    /** In place of all that the row had of this model. */
    replace: (
      model: number,
      kind: SearchedKind,
      ref: number,
      row: EmbeddedRow,
      vectors: readonly StoredVector[],
    ): void => {
      remove(model, kind, ref);
      if (row.message !== null) {
        insertMessage(model, ref, row.message, vectors);
        return;
      }
      const insert = sqlite.prepare(
        "INSERT INTO memory_vectors (memory_id, chunk, model, e) VALUES (?, ?, ?, ?)",
      );
      vectors.forEach(({ int8 }, chunk) => {
        insert.run(ref, chunk, model, asBlob(int8));
      });
    },
    remove,
    /** Drops some of a model's vectors. @returns how many; 0 = there are none left */
    dropSome: (model: number, limit: number): number => {
      for (const kind of ["message", "memory"] as const) {
        const rows = sqlite
          .prepare(`SELECT id FROM ${kind}_vectors WHERE model = ? LIMIT ?`)
          .all(model, limit) as { id: number }[];
        removeIds(
          model,
          kind,
          rows.map(({ id }) => id),
        );
        if (rows.length > 0) return rows.length;
      }
      return 0;
    },
  };
};

const asBlob = (bytes: Int8Array | Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
