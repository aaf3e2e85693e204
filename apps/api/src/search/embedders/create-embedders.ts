import type { Embedder } from "@steward/core/search/embedder";
import type { EmbedderSource } from "@steward/core/search/embedder-source";
import type { Clock } from "@steward/platform/clock";
import { type EmbeddingSetting, LOCAL_OLLAMA } from "./embedding-setting.ts";
import { findLocalOllama } from "./find-local-ollama.ts";
import { createOllamaEmbedder } from "./ollama-embedder.ts";
import { createOpenAiEmbedder } from "./openai-embedder.ts";
import { nameOfVectors } from "./task-prefixes.ts";

const OLLAMA = "ollama/";

/**
 * What embeds, by the setting. Without one only an Ollama on this machine is looked for: texts leave it for no host that
 * the owner has not named.
 *
 * @param deps.localOllama where it is looked for, in tests
 */
export function createEmbedders(
  setting: EmbeddingSetting,
  deps: { clock: Pick<Clock, "setTimer" | "monotonicMs">; localOllama?: string },
): EmbedderSource {
  const closing = new AbortController();
  const shared = { clock: deps.clock, closing: closing.signal };
  const localOllama = deps.localOllama ?? LOCAL_OLLAMA;
  /** Where models are asked for by name alone. */
  const place =
    setting.mode === "ollama"
      ? setting
      : setting.mode === "auto"
        ? { url: localOllama, keepAlive: setting.keepAlive, prefixes: setting.prefixes }
        : null;
  const made = new Map<string, Embedder>();
  const ollama = (model: string): Embedder | null => {
    if (place === null) return null;
    const embedder =
      made.get(model) ??
      createOllamaEmbedder(
        { url: place.url, keepAlive: place.keepAlive, prefixes: place.prefixes, model },
        shared,
      );
    made.set(model, embedder);
    return embedder;
  };
  const openAi = setting.mode === "openai" ? createOpenAiEmbedder(setting, shared) : null;
  const ofModel = (model: string): Embedder | null =>
    setting.mode === "openai"
      ? createOpenAiEmbedder({ ...setting, model }, shared)
      : ollama(model.startsWith(OLLAMA) ? model.slice(OLLAMA.length) : model);

  return {
    choice: setting.mode === "off" ? "off" : setting.mode === "auto" ? "looked_for" : "configured",
    find: async (known) => {
      if (setting.mode === "openai") return openAi;
      if (setting.mode === "ollama") return ollama(setting.model);
      if (setting.mode === "off") return null;
      const isKnown = (model: string): boolean => nameOfVectors("ollama", model, setting.prefixes) === known;
      const model = await findLocalOllama(isKnown, { ...shared, url: localOllama });
      return model === null ? null : ollama(model);
    },
    named: (name) => {
      if (openAi !== null && openAi.model === name) return openAi;
      if (place === null || !name.startsWith(OLLAMA)) return null;
      const model = name.slice(OLLAMA.length).replace(/#[0-9a-f]{8}$/, "");
      const embedder = ollama(model);
      return embedder?.model === name ? embedder : null;
    },
    ofModel,
    close: () => closing.abort(),
  };
}
