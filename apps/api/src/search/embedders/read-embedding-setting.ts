import type { EnvProblem } from "@steward/platform/env";
import { checkOpenAiKey, type OpenAiEndpoint, openAiKey } from "../../openai-key.ts";
import { type EmbeddingSetting, LOCAL_OLLAMA } from "./embedding-setting.ts";
import type { TaskPrefixes } from "./task-prefixes.ts";

/** The variables that it is made of. */
export interface EmbeddingVariables {
  readonly STEWARD_EMBEDDER: "auto" | "ollama" | "openai" | "off";
  readonly OLLAMA_BASE_URL?: string | undefined;
  readonly OLLAMA_EMBED_MODEL?: string | undefined;
  readonly STEWARD_EMBED_KEEP_ALIVE: string;
  readonly STEWARD_EMBED_URL: string;
  readonly STEWARD_EMBED_MODEL: string;
  readonly STEWARD_EMBED_KEY?: string | undefined;
  readonly OPENAI_API_KEY?: string | undefined;
  readonly STEWARD_EMBED_QUERY_PREFIX?: string | undefined;
  readonly STEWARD_EMBED_DOCUMENT_PREFIX?: string | undefined;
}

export const OPENAI_API = "https://api.openai.com/v1";
const DEFAULT_OLLAMA_MODEL = "nomic-embed-text";

const endpoint = (env: EmbeddingVariables): OpenAiEndpoint => ({
  url: env.STEWARD_EMBED_URL,
  openAiUrl: OPENAI_API,
  ownKey: env.STEWARD_EMBED_KEY,
  generalKey: env.OPENAI_API_KEY,
});

/** What has to be set together. */
export function checkEmbedding(env: EmbeddingVariables): EnvProblem[] {
  return env.STEWARD_EMBEDDER === "openai" ? checkOpenAiKey(endpoint(env), "STEWARD_EMBED_KEY") : [];
}

/** Whoever names an Ollama or a model of it wants it, be it there now or not. */
export const readEmbeddingSetting = (env: EmbeddingVariables): EmbeddingSetting => {
  const prefixes: Partial<TaskPrefixes> = {
    ...(env.STEWARD_EMBED_QUERY_PREFIX !== undefined && { query: env.STEWARD_EMBED_QUERY_PREFIX }),
    ...(env.STEWARD_EMBED_DOCUMENT_PREFIX !== undefined && { document: env.STEWARD_EMBED_DOCUMENT_PREFIX }),
  };
  const keepAlive = env.STEWARD_EMBED_KEEP_ALIVE;
  if (env.STEWARD_EMBEDDER === "off") return { mode: "off" };
  if (env.STEWARD_EMBEDDER === "openai") {
    return {
      mode: "openai",
      url: env.STEWARD_EMBED_URL,
      model: env.STEWARD_EMBED_MODEL,
      key: openAiKey(endpoint(env)),
      prefixes,
    };
  }
  const isNamed = env.OLLAMA_BASE_URL !== undefined || env.OLLAMA_EMBED_MODEL !== undefined;
  if (env.STEWARD_EMBEDDER === "auto" && !isNamed) return { mode: "auto", keepAlive, prefixes };
  return {
    mode: "ollama",
    url: env.OLLAMA_BASE_URL ?? LOCAL_OLLAMA,
    model: env.OLLAMA_EMBED_MODEL ?? DEFAULT_OLLAMA_MODEL,
    keepAlive,
    prefixes,
  };
};
