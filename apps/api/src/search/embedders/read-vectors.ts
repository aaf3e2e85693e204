import { EmbedderError } from "@steward/core/search/embedder";

/**
 * Vectors as they came, checked: as many as there were texts, all of one length, every number finite, none without a
 * direction. By hand, since a schema would look at tens of thousands of numbers for milliseconds.
 *
 * @throws EmbedderError `bad_answer`
 */
export const readVectors = (raw: unknown, expected: number): Float32Array[] => {
  const bad = (what: string): EmbedderError => new EmbedderError("bad_answer", what);
  if (!Array.isArray(raw)) throw bad("the answer holds no vectors");
  if (raw.length !== expected) throw bad(`${raw.length} vectors came for ${expected} texts`);
  let dims: number | null = null;
  return raw.map((numbers: unknown) => {
    if (!Array.isArray(numbers) || numbers.length === 0) throw bad("a vector is empty");
    dims ??= numbers.length;
    if (numbers.length !== dims) throw bad("the vectors of one answer differ in length");
    let hasDirection = false;
    for (const x of numbers as unknown[]) {
      if (typeof x !== "number" || !Number.isFinite(x))
        throw bad("a vector holds something else than numbers");
      hasDirection ||= x !== 0;
    }
    if (!hasDirection) throw bad("a vector is zero everywhere");
    return Float32Array.from(numbers as number[]);
  });
};
