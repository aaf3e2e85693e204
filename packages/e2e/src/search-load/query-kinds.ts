import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Embedder } from "@steward/core/search/embedder";
import type { SearchService } from "@steward/core/search/search-service";
import { createRandom } from "../load/random.ts";
import { ONE_CHAT, type Vocabulary } from "./generate-messages.ts";

export interface KindResult {
  name: string;
  times: number[];
  hits: number;
}

/** A word that stands nowhere: what is found then was found by its vector alone. */
const NOWHERE = "qqxz";

/** An embedder whose questions carry their number: `… #3` has the third vector. */
export const numberedEmbedder = (model: string, questions: readonly Float32Array[]): Embedder => ({
  model,
  dims: null,
  embed: async (texts) =>
    texts.map((text) => questions[Number(text.split("#")[1]) % questions.length] ?? new Float32Array(1)),
});

/**
 * One kind of question after the other, and how late the event loop was meanwhile.
 *
 * @param said words that were said in the one chat
 */
export const runKinds = async (
  services: { lexical: SearchService; hybrid: SearchService },
  vocabulary: Vocabulary,
  said: readonly string[],
  rounds: number,
): Promise<{ kinds: KindResult[]; loopP99Ms: number; loopMaxMs: number }> => {
  const random = createRandom(4);
  // Neither the commonest nor the rarest.
  const middle = (words: readonly string[]): string =>
    words[Math.floor(20 + random() * Math.min(2_000, words.length - 20))] ?? "";
  const any = (words: readonly string[]): string => words[Math.floor(random() * words.length)] ?? "";
  const isLong = (word: string): boolean => /^[a-z]{6,}$/.test(word);
  const { english, chinese } = vocabulary;
  const two = chinese.filter((word) => [...word].length === 2);
  const everywhere = {};
  const inChat = { botId: ONE_CHAT.botId, chatId: ONE_CHAT.chatId };
  const { lexical, hybrid } = services;
  const asked: readonly (readonly [string, SearchService, object, (i: number) => string])[] = [
    ["a word", lexical, everywhere, () => middle(english)],
    ["two Chinese characters", lexical, everywhere, () => middle(two)],
    [
      "words of two languages",
      lexical,
      everywhere,
      () => `${middle(two)} ${english[Math.floor(random() * 50)]}`,
    ],
    ["words that say nothing", lexical, everywhere, () => "the of and"],
    ["a slip of the pen", lexical, everywhere, () => slip(middle(english))],
    ["hybrid, everywhere", hybrid, everywhere, (i) => `${middle(english)} ${middle(english)} #${i}`],
    ["hybrid, one bot", hybrid, { botId: "bot1" }, (i) => `${middle(english)} #${i}`],
    ["hybrid, one chat of 1,300", hybrid, inChat, (i) => `${any(said)} ${any(said)} #${i}`],
    ["a slip, in that chat", hybrid, inChat, (i) => `${slip(any(said.filter(isLong)))} #${i}`],
  ];
  await hybrid.messages({ text: "warm up #0", limit: 10, scope: everywhere });
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const kinds: KindResult[] = [];
  for (const [name, service, scope, makeText] of asked) {
    const kind: KindResult = { name, times: [], hits: 0 };
    for (let i = 0; i < rounds; i++) {
      const text = makeText(i);
      const startedMs = performance.now();
      const { hits } = await service.messages({ text, limit: 10, scope });
      kind.times.push(performance.now() - startedMs);
      kind.hits += hits.length / rounds;
    }
    kinds.push(kind);
  }
  delay.disable();
  return { kinds, loopP99Ms: delay.percentile(99) / 1e6, loopMaxMs: delay.max / 1e6 };
};

/** How many of the ten nearest are among the ten that are answered, over all questions. */
export const measureRecall = async (
  hybrid: SearchService,
  exact: readonly (readonly number[])[],
): Promise<number> => {
  let common = 0;
  for (const [i, nearest] of exact.entries()) {
    const { hits } = await hybrid.messages({ text: `${NOWHERE} #${i}`, limit: 10, scope: {} });
    common += hits.filter(({ id }) => nearest.includes(id)).length;
  }
  return common / exact.flat().length;
};

/** Two letters in the middle change places. */
const slip = (word: string): string => {
  const at = Math.floor(word.length / 2);
  return word.slice(0, at - 1) + (word[at] ?? "") + (word[at - 1] ?? "") + word.slice(at + 1);
};
