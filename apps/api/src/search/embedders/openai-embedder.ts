import { type Embedder, EmbedderError } from "@steward/core/search/embedder";
import type { Clock } from "@steward/platform/clock";
import type { EmbeddingSetting } from "./embedding-setting.ts";
import { readVectors } from "./read-vectors.ts";
import { refusalOf } from "./refusal.ts";
import { requestJson } from "./request-json.ts";
import { nameOfVectors, prefixesFor } from "./task-prefixes.ts";
import { untilAborted } from "./until-aborted.ts";

/** The first request: a server of one's own may load its model then. */
const FIRST_TIMEOUT_MS = 120_000;
const TIMEOUT_MS = 30_000;

/** `POST /embeddings` of anything that speaks OpenAI's way (its API reference, "Create embeddings"). */
export function createOpenAiEmbedder(
  setting: Omit<Extract<EmbeddingSetting, { mode: "openai" }>, "mode">,
  deps: { clock: Pick<Clock, "setTimer">; closing: AbortSignal },
): Embedder {
  const { model, key, url } = setting;
  const prefixes = prefixesFor(model, setting.prefixes);
  let dims: number | null = null;
  let hasAnswered = false;

  const ask = async (input: readonly string[]): Promise<Float32Array[]> => {
    const { status, body } = await requestJson(`${url}/embeddings`, {
      body: { model, input, encoding_format: "float" },
      headers: key === null ? {} : { authorization: `Bearer ${key}` },
      timeoutMs: hasAnswered ? TIMEOUT_MS : FIRST_TIMEOUT_MS,
      signal: deps.closing,
      clock: deps.clock,
    });
    if (status !== 200) throw withoutKey(refusalOf(status, body), key);
    const vectors = readVectors(inOrder(body), input.length);
    hasAnswered = true;
    dims = vectors[0]?.length ?? dims;
    return vectors;
  };

  return {
    model: nameOfVectors(new URL(url).host, model, setting.prefixes),
    get dims() {
      return dims;
    },
    embed: (texts, task, signal) => untilAborted(ask(texts.map((text) => prefixes[task] + text)), signal),
  };
}

/** A refusal may repeat the key that it refuses, or a part of it. */
function withoutKey(error: EmbedderError, key: string | null): EmbedderError {
  if (key === null || !(/key/i.test(error.message) || error.message.includes(key))) return error;
  return new EmbedderError(error.problem, error.message.replace(/:.*/s, ": it does not take the key"));
}

/** `index` says whose vector it is; servers that leave it out keep the order. */
function inOrder(body: unknown): unknown {
  const data = (body as { data?: unknown } | undefined)?.data;
  if (!Array.isArray(data)) return undefined;
  const items = data as { index?: unknown; embedding?: unknown }[];
  const ordered: unknown[] = [];
  items.forEach((item, position) => {
    ordered[typeof item?.index === "number" ? item.index : position] = item?.embedding;
  });
  return ordered.length === items.length ? ordered : undefined;
}
