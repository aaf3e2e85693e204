/**
 * A vector as it is stored: int8, scaled so that its largest component becomes ±127. The scale is not kept, since cosine
 * does not see it.
 *
 * @throws RangeError for a vector that has no direction, or is no vector: all zeros, NaN, infinite
 */
export const quantize = (vector: Float32Array): Int8Array => {
  let largest = 0;
  for (const x of vector) {
    if (!Number.isFinite(x)) throw new RangeError("a component of the vector is not a finite number");
    largest = Math.max(largest, Math.abs(x));
  }
  if (largest === 0) throw new RangeError("all components of the vector are zero");
  const scale = 127 / largest;
  return Int8Array.from(vector, (x) => Math.round(x * scale));
};

/** The signs, one bit each: byte `i >> 3`, bit `i & 7`, set where the component is positive (as `vec_quantize_binary`). */
export const signBits = (vector: Float32Array): Uint8Array => {
  const bits = new Uint8Array(Math.ceil(vector.length / 8));
  vector.forEach((x, i) => {
    if (x > 0) bits[i >> 3] = (bits[i >> 3] ?? 0) | (1 << (i & 7));
  });
  return bits;
};
