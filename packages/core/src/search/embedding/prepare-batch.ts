import type { OpenDatabase } from "@steward/schema/sqlite";
import { CHUNK_LIMITS, chunkText } from "./chunk-text.ts";
import { type EmbeddedRow, readEmbeddedRow } from "./embedded-rows.ts";
import type { EmbeddingQueue, WaitingRow } from "./embedding-queue.ts";
import type { VectorWriter } from "./vector-writer.ts";

/** A row that is about to be embedded. */
export interface PreparedRow extends WaitingRow {
  /** As it was read; what has changed when the answer comes is not written. */
  row: EmbeddedRow;
  texts: string[];
}

/**
 * What is to be embedded next: at most `limit` texts, or the pieces of one row. Rows that are gone, or have nothing to be
 * embedded, are done hereby. Runs inside the transaction of whoever calls.
 *
 * @param maxCharsOf how long the pieces of a row may be; undefined = as usual
 */
export const prepareBatch = (
  deps: { sqlite: OpenDatabase["sqlite"]; queue: EmbeddingQueue; writer: VectorWriter; now: number },
  model: number,
  limit: number,
  maxCharsOf: (row: WaitingRow) => number | undefined,
): PreparedRow[] => {
  const { sqlite, queue, writer } = deps;
  const batch: PreparedRow[] = [];
  let texts = 0;
  for (const waiting of queue.ready(model, limit, deps.now)) {
    const { kind, ref } = waiting;
    const row = readEmbeddedRow(sqlite, kind, ref);
    const maxChars = maxCharsOf(waiting) ?? CHUNK_LIMITS.maxChars;
    const pieces =
      row === null
        ? []
        : chunkText(row.text, {
            ...CHUNK_LIMITS,
            maxChars,
            overlapChars: Math.min(CHUNK_LIMITS.overlapChars, Math.floor(maxChars / 8)),
          });
    if (row === null || pieces.length === 0) {
      writer.remove(model, kind, ref);
      queue.remove(model, kind, ref);
      continue;
    }
    if (batch.length > 0 && texts + pieces.length > limit) break;
    batch.push({ ...waiting, row, texts: pieces });
    texts += pieces.length;
  }
  return batch;
};
