import type { Memory } from "../memory/memory-service.ts";

/** Too common to say what a sentence is about. */
const STOP_WORDS: ReadonlySet<string> = new Set(
  "a an and are as at be but by can did do does for from had has have he her his how i if in is it its me my no not of on or our please she should so that the their them then there they this to us was we were what when where which who why will with would you your".split(
    " ",
  ),
);
const CJK_RUN = /[\u3040-\u30FF\u3400-\u9FFF\uAC00-\uD7AF\uF900-\uFAFF]+/g;
const WORD = /[\p{L}\p{N}]{2,}/gu;

/**
 * The memories that share words with a text, best first: what is left when the search cannot answer in time. Words as they
 * stand, and pairs of Chinese, Japanese and Korean characters; rare words count more than those that many memories have.
 */
export const matchWords = (
  text: string,
  memories: readonly Memory[],
  limit: number,
): { id: number; score: number }[] => {
  const asked = wordsOf(text);
  if (asked.size === 0) return [];
  const bags = memories.map(({ id, key, content }) => ({ id, words: wordsOf(`${key} ${content}`) }));
  const weights = new Map<string, number>();
  for (const word of asked) {
    const having = bags.filter(({ words }) => words.has(word)).length;
    if (having > 0) weights.set(word, Math.log(1 + bags.length / having));
  }
  return bags
    .map(({ id, words }) => {
      let score = 0;
      for (const [word, weight] of weights) if (words.has(word)) score += weight;
      return { id, score };
    })
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score)
    .slice(0, limit);
};

const wordsOf = (text: string): Set<string> => {
  const lower = text.normalize("NFKC").toLowerCase();
  const words = new Set<string>();
  for (const [run] of lower.matchAll(CJK_RUN)) {
    for (let at = 0; at + 1 < run.length; at += 1) words.add(run.slice(at, at + 2));
  }
  for (const [word] of lower.replaceAll(CJK_RUN, " ").matchAll(WORD)) {
    if (!STOP_WORDS.has(word)) words.add(word);
  }
  return words;
};
