import { createRandom } from "../load/random.ts";

export const DIMS = 768;
const TOPICS = 1_000;
const SUB_TOPICS = 20_000;
/** What of a vector's direction is everybody's, its topic's, its sub-topic's, its own: mean cosine .30, to the nearest .80. */
const SHARES = { mean: 0.57, topic: 0.5, subTopic: 0.45, own: 0.47 };
/** How soon the weight of components falls: the n-th has 1/(1 + n/48). */
const FALL = 48;
/** Enough numbers to begin anywhere in: drawing each anew would take most of the benchmark. */
const NOISE = 1 << 20;

/**
 * Vectors shaped like a text embedder's: topics with sub-topics about a common mean, components of falling weight, length
 * one. Synthetic all the same: recall on real ones has to be measured with a real embedder.
 */
export const createVectorSource = (seed = 3) => {
  const random = createRandom(seed);
  const noise = Float32Array.from(
    { length: NOISE },
    () => (random() + random() + random() + random() - 2) * Math.sqrt(3),
  );
  const falling = Float32Array.from({ length: DIMS }, (_, i) => 1 / (1 + i / FALL));
  const weights = unit(falling);
  // So that no bit of the signs knows more than another.
  const order = Uint16Array.from({ length: DIMS }, (_, i) => (i * 311) % DIMS);
  const gaussian = (into: Float32Array, scale: number): Float32Array => {
    const from = Math.floor(random() * (NOISE - DIMS));
    for (let i = 0; i < DIMS; i++) {
      const at = order[i] ?? 0;
      into[at] = (into[at] ?? 0) + (noise[from + i] ?? 0) * (weights[i] ?? 0) * scale;
    }
    return into;
  };
  const mean = gaussian(new Float32Array(DIMS), SHARES.mean);
  const topics = Array.from({ length: TOPICS }, () => gaussian(mean.slice(), SHARES.topic));
  const subTopics = Array.from({ length: SUB_TOPICS }, (_, i) =>
    gaussian((topics[i % TOPICS] ?? mean).slice(), SHARES.subTopic),
  );
  return (): Float32Array => {
    const near = subTopics[Math.floor(random() * SUB_TOPICS)] ?? mean;
    return unit(gaussian(near.slice(), SHARES.own));
  };
};

/** The same direction with length one. */
const unit = (vector: Float32Array): Float32Array => {
  const scale = 1 / Math.sqrt(dot(vector, vector));
  return vector.map((x) => x * scale);
};

export const dot = (a: Float32Array, b: Float32Array, bFrom = 0): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[bFrom + i] ?? 0);
  return sum;
};

/** The ten nearest to each question, kept while vectors go by. */
export const createExactTop = (questions: readonly Float32Array[], size = 10) => {
  const tops = questions.map(() => [] as { id: number; similarity: number }[]);
  return {
    see: (id: number, vector: Float32Array): void => {
      questions.forEach((question, i) => {
        const top = tops[i] ?? [];
        const similarity = dot(question, vector);
        if (top.length === size && similarity <= (top[size - 1]?.similarity ?? 0)) return;
        top.push({ id, similarity });
        top.sort((a, b) => b.similarity - a.similarity);
        top.length = Math.min(top.length, size);
      });
    },
    ids: (): number[][] => tops.map((top) => top.map(({ id }) => id)),
  };
};
