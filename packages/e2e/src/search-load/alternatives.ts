import type { OpenDatabase } from "@steward/schema/sqlite";
import { DIMS, dot } from "./generate-vectors.ts";

const BYTES = 256 * 1_048_576;
const LISTED = 10;

/** Bytes a second that can be read: two blocks that are equal have to be compared to their end. */
export const measureReadBandwidth = (): number => {
  const [a, b] = [Buffer.alloc(BYTES, 1), Buffer.alloc(BYTES, 1)];
  Buffer.compare(a, b);
  const startedMs = performance.now();
  const rounds = 4;
  for (let i = 0; i < rounds; i++) Buffer.compare(a, b);
  return (2 * BYTES * rounds) / ((performance.now() - startedMs) / 1_000);
};

/** What a plain loop over all vectors in memory takes, per question. */
export const timeBruteForce = (vectors: Float32Array, questions: readonly Float32Array[]): number[] =>
  questions.map((question) => {
    const startedMs = performance.now();
    const best: { id: number; similarity: number }[] = [];
    for (let i = 0; i * DIMS < vectors.length; i++) {
      const similarity = dot(question, vectors, i * DIMS);
      if (best.length === LISTED && similarity <= (best[LISTED - 1]?.similarity ?? 0)) continue;
      best.push({ id: i + 1, similarity });
      best.sort((a, b) => b.similarity - a.similarity);
      best.length = Math.min(best.length, LISTED);
    }
    return performance.now() - startedMs;
  });

/** What sqlite-vec's own full scan over float vectors takes, per question: the plain way of using it. */
export const timeFloatScan = (
  { sqlite, writeUnsynced }: OpenDatabase,
  vectors: Float32Array,
  questions: readonly Float32Array[],
): number[] => {
  sqlite.exec(
    `CREATE VIRTUAL TABLE plain_floats USING vec0(id INTEGER PRIMARY KEY, e float[${DIMS}] distance_metric=cosine)`,
  );
  const insert = sqlite.prepare("INSERT INTO plain_floats (id, e) VALUES (?, ?)");
  writeUnsynced(() => {
    for (let i = 0; i * DIMS < vectors.length; i++)
      insert.run(BigInt(i + 1), vectors.subarray(i * DIMS, (i + 1) * DIMS));
  });
  const search = sqlite.prepare(`SELECT id FROM plain_floats WHERE e MATCH ? AND k = ${LISTED}`);
  const times = questions.map((question) => {
    const startedMs = performance.now();
    search.all(question);
    return performance.now() - startedMs;
  });
  sqlite.exec("DROP TABLE plain_floats");
  return times;
};
