/** Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion", SIGIR 2009: how much the first places count. */
const K = 60;

/**
 * One ranking out of several: each list gives 1/(60 + place), best first.
 *
 * @returns ids with their scores, best first; of equals the newer (larger) id
 */
export const fuseRanks = (lists: readonly (readonly number[])[]): { id: number; score: number }[] => {
  const scores = new Map<number, number>();
  for (const list of lists) {
    list.forEach((id, i) => {
      scores.set(id, (scores.get(id) ?? 0) + 1 / (K + i + 1));
    });
  }
  return [...scores].map(([id, score]) => ({ id, score })).sort((a, b) => b.score - a.score || b.id - a.id);
};
