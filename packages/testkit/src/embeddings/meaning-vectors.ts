/** Words that mean the same, in any language, as a real multilingual model would have them. */
export const SYNONYMS: readonly (readonly string[])[] = [
  ["car", "automobile", "vehicle", "汽车", "轿车"],
  ["doctor", "physician", "医生", "大夫"],
  ["cat", "feline", "kitten", "猫"],
  ["dog", "canine", "puppy", "狗"],
  ["buy", "purchase", "买", "购买"],
  ["begin", "start", "commence", "开始"],
  ["happy", "glad", "joyful", "高兴", "开心"],
  ["house", "home", "dwelling", "房子"],
  ["trip", "journey", "travel", "旅行"],
  ["password", "passphrase", "credential", "密码"],
  ["birthday", "生日"],
  ["coffee", "espresso", "咖啡"],
];

/** What a task prefix says is no part of the meaning. */
const PREFIX = /^(?:search_query|search_document|query|passage): /;

/**
 * A vector of length 1 that two texts share as far as they share words; words of one line of `SYNONYMS` are the same word.
 * The same text always has the same one.
 */
export const meaningVector = (text: string, dims: number): number[] => {
  const sum = new Array<number>(dims).fill(0);
  for (const concept of conceptsOf(text.replace(PREFIX, "").toLowerCase())) {
    const next = randomFrom(concept);
    for (let i = 0; i < dims; i += 1) sum[i] = (sum[i] ?? 0) + next() * 2 - 1;
  }
  const length = Math.hypot(...sum);
  // Nothing to go by (an emoji, say): still somewhere.
  return length === 0 ? sum.map((_, i) => (i === 0 ? 1 : 0)) : sum.map((x) => x / length);
};

function conceptsOf(text: string): string[] {
  const concepts: string[] = [];
  let rest = text;
  SYNONYMS.forEach((words, line) => {
    for (const word of words) {
      const pattern = /^[a-z]/.test(word) ? new RegExp(`\\b${word}s?\\b`, "gu") : new RegExp(word, "gu");
      const times = rest.match(pattern)?.length ?? 0;
      for (let n = 0; n < times; n += 1) concepts.push(`concept ${line}`);
      if (times > 0) rest = rest.replace(pattern, " ");
    }
  });
  return [...concepts, ...(rest.match(/\p{Script=Han}|[\p{L}\p{N}]+/gu) ?? [])];
}

/** Uniform in [0, 1), always the same for one seed (FNV-1a, then xorshift32). */
function randomFrom(seed: string): () => number {
  let state = 2_166_136_261;
  for (const character of seed) {
    state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 16_777_619);
  }
  state = state === 0 ? 1 : state;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4_294_967_296;
  };
}
