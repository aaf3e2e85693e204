import type { EmbeddingRequest } from "./embedding-requests.ts";

const NS_PER_MS = 1_000_000;
const tokensOf = ({ input }: EmbeddingRequest): number =>
  input.reduce((sum, text) => sum + Math.ceil(text.length / 4), 0);

/** As `POST /api/embed` answers (Ollama's API reference): durations in nanoseconds. */
export const answerOllama = (
  request: EmbeddingRequest,
  embeddings: (number | null)[][],
  tookMs: number,
): object => ({
  model: request.model,
  embeddings,
  total_duration: (tookMs + 14) * NS_PER_MS,
  load_duration: NS_PER_MS,
  prompt_eval_count: tokensOf(request),
});

/** As `POST /v1/embeddings` answers, except that the order is another: `index` says whose vector it is. */
export const answerOpenAi = (request: EmbeddingRequest, embeddings: (number | null)[][]): object => ({
  object: "list",
  data: embeddings.map((embedding, index) => ({ object: "embedding", index, embedding })).reverse(),
  model: request.model,
  usage: { prompt_tokens: tokensOf(request), total_tokens: tokensOf(request) },
});

/** As `GET /api/tags` answers. */
export const listOllamaModels = (models: readonly string[]): object => ({
  models: models.map((name) => {
    const tagged = name.includes(":") ? name : `${name}:latest`;
    return {
      name: tagged,
      model: tagged,
      modified_at: "2026-11-01T12:00:00.000000000Z",
      size: 274_302_450,
      digest: "0a109f422b47e3a30ba2b10eca18548e944e8a23073ee3f3e947efcf3c45e59f",
      details: {
        parent_model: "",
        format: "gguf",
        family: "nomic-bert",
        families: ["nomic-bert"],
        parameter_size: "137M",
        quantization_level: "F16",
      },
    };
  }),
});
