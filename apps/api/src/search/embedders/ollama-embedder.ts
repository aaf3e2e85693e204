import type { Embedder } from "@steward/core/search/embedder";
import type { Clock } from "@steward/platform/clock";
import type { EmbeddingSetting } from "./embedding-setting.ts";
import { readVectors } from "./read-vectors.ts";
import { refusalOf } from "./refusal.ts";
import { requestJson } from "./request-json.ts";
import { nameOfVectors, prefixesFor } from "./task-prefixes.ts";
import { untilAborted } from "./until-aborted.ts";

/** Loading a model from a slow disk into memory. */
const LOADING_TIMEOUT_MS = 120_000;
const TIMEOUT_MS = 30_000;
/** What has answered that recently is still loaded: Ollama keeps models for five minutes unless told otherwise. */
const WARM_MS = 240_000;

/**
 * `POST /api/embed` of an Ollama (its API reference, "Generate Embeddings"). What is too long is refused instead of cut
 * silently.
 *
 * @param deps.closing gives up what is asked at the moment
 */
export function createOllamaEmbedder(
  setting: Omit<Extract<EmbeddingSetting, { mode: "ollama" }>, "mode">,
  deps: { clock: Pick<Clock, "setTimer" | "monotonicMs">; closing: AbortSignal },
): Embedder {
  const { clock, closing } = deps;
  const { model, keepAlive } = setting;
  const prefixes = prefixesFor(model, setting.prefixes);
  let dims: number | null = null;
  let answeredAtMs = Number.NEGATIVE_INFINITY;

  const ask = async (input: readonly string[]): Promise<Float32Array[]> => {
    const isWarm = clock.monotonicMs() - answeredAtMs < WARM_MS;
    try {
      const { status, body } = await requestJson(`${setting.url}/api/embed`, {
        body: { model, input, keep_alive: keepAlive, truncate: false },
        timeoutMs: isWarm ? TIMEOUT_MS : LOADING_TIMEOUT_MS,
        signal: closing,
        clock,
      });
      if (status !== 200) throw refusalOf(status, body);
      const vectors = readVectors((body as { embeddings?: unknown } | undefined)?.embeddings, input.length);
      answeredAtMs = clock.monotonicMs();
      dims = vectors[0]?.length ?? dims;
      return vectors;
    } catch (error) {
      // It may have been started anew, and loads again.
      answeredAtMs = Number.NEGATIVE_INFINITY;
      throw error;
    }
  };

  return {
    model: nameOfVectors("ollama", model, setting.prefixes),
    get dims() {
      return dims;
    },
    embed: (texts, task, signal) => untilAborted(ask(texts.map((text) => prefixes[task] + text)), signal),
  };
}
