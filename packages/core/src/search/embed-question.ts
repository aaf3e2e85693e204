import type { Clock } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import { quantize, signBits } from "@steward/schema/quantize";
import { type Embedder, EmbedderError } from "./embedder.ts";
import type { QueryVector } from "./search-request.ts";
import type { Degradation } from "./search-service.ts";

/** A model that has to be loaded first takes longer; a person who searches does not wait for that. */
const BUDGET_MS = 2_000;
/** After a question that nobody answered in time, others are not kept waiting for a while. */
const REST_MS = 5_000;
const MOST_CHARACTERS = 2_000;

/** A question as a vector, or why it has none. */
export type EmbedQuestion = (
  text: string,
  budgetMs: number | undefined,
  signal?: AbortSignal,
) => Promise<{ vector: QueryVector | null; degraded: Degradation[] }>;

export const createEmbedQuestion = (deps: {
  embedder: () => Embedder | null;
  clock: Clock;
  log: Logger;
}): EmbedQuestion => {
  const { clock, log } = deps;
  let restsUntilMs = Number.NEGATIVE_INFINITY;
  return async (text, budgetMs = BUDGET_MS, signal) => {
    const embedder = deps.embedder();
    if (embedder === null) return { vector: null, degraded: ["no_embedder"] };
    if (clock.monotonicMs() < restsUntilMs) return { vector: null, degraded: ["embedder_unavailable"] };
    const patience = new AbortController();
    const timer = clock.setTimer(budgetMs, () => patience.abort(new Error("not in time")), { unref: true });
    const late = new Promise<never>((_, reject) => {
      patience.signal.addEventListener("abort", () => reject(patience.signal.reason as Error));
    });
    try {
      const signals = signal ? [signal, patience.signal] : [patience.signal];
      const asked = embedder.embed([text.slice(0, MOST_CHARACTERS)], "query", AbortSignal.any(signals));
      const [vector] = await Promise.race([asked, late]);
      if (vector === undefined) throw new RangeError("no vector came");
      return {
        vector: {
          ...{ model: embedder.model, dims: vector.length },
          ...{ int8: quantize(vector), bits: signBits(vector) },
        },
        degraded: [],
      };
    } catch (error) {
      signal?.throwIfAborted();
      const isAnswer = error instanceof EmbedderError && error.problem !== "unavailable";
      if (!isAnswer) restsUntilMs = clock.monotonicMs() + REST_MS;
      log.warn({ err: error, model: embedder.model }, "a question could not be embedded");
      return { vector: null, degraded: ["embedder_unavailable"] };
    } finally {
      timer.cancel();
    }
  };
};
