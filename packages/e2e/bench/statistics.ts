/** Middle of the sorted values; the mean of the two in the middle when their number is even. */
export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Linear interpolation between the two nearest ranks. NaN for no values. */
export const quantile = (values: readonly number[], q: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const position = (sorted.length - 1) * q;
  const low = sorted[Math.floor(position)] ?? Number.NaN;
  const high = sorted[Math.ceil(position)] ?? Number.NaN;
  return low + (high - low) * (position - Math.floor(position));
};
