import type { Clock } from "@steward/platform/clock";
import { LOCAL_OLLAMA } from "./embedding-setting.ts";
import { requestJson } from "./request-json.ts";

/** Models that are there to embed with, the ancestor's default first. Others are taken when the owner names them. */
const EMBEDDING_MODELS = [
  "nomic-embed-text",
  "bge-m3",
  "mxbai-embed-large",
  "snowflake-arctic-embed2",
  "embeddinggemma",
  "nomic-embed-text-v2-moe",
  "qwen3-embedding",
];
const PROBE_TIMEOUT_MS = 2_000;

/**
 * Whether an Ollama runs on this machine that has a model to embed with. Only asked what it has: nothing is sent to it.
 *
 * @param isPreferred chooses among several; otherwise the best known
 * @returns the model's name; null = nobody there, or none of its models is meant for it
 */
export const findLocalOllama = async (
  isPreferred: (model: string) => boolean,
  deps: { clock: Pick<Clock, "setTimer">; closing: AbortSignal; url?: string },
): Promise<string | null> => {
  let body: unknown;
  try {
    ({ body } = await requestJson(`${deps.url ?? LOCAL_OLLAMA}/api/tags`, {
      timeoutMs: PROBE_TIMEOUT_MS,
      signal: deps.closing,
      clock: deps.clock,
    }));
  } catch {
    // Nobody there is the usual case, and no news.
    return null;
  }
  const installed = namesIn(body);
  const known = EMBEDDING_MODELS.flatMap((model) =>
    installed.filter((name) => name === model || name.startsWith(`${model}:`)),
  );
  return known.find(isPreferred) ?? known[0] ?? null;
};

function namesIn(body: unknown): string[] {
  const models = (body as { models?: unknown } | undefined)?.models;
  if (!Array.isArray(models)) return [];
  return (models as { name?: unknown }[]).flatMap((model) =>
    typeof model?.name === "string" ? [model.name.replace(/:latest$/, "")] : [],
  );
}
