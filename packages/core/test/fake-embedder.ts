import { createHash } from "node:crypto";
import { type Embedder, EmbedderError } from "../src/search/embedder.ts";
import type { EmbedderSource } from "../src/search/embedder-source.ts";

/** A model in memory: the same text has the same vector, which tells the text from every other. */
export interface FakeEmbedder extends Embedder {
  dims: number;
  /** Texts of each request. */
  readonly requests: string[][];
  /** Called before each answer; what it throws is the answer. */
  before: (texts: readonly string[]) => void | Promise<void>;
}

export const createFakeEmbedder = (model: string, dims = 16): FakeEmbedder => {
  const fake: FakeEmbedder = {
    model,
    dims,
    requests: [],
    before: () => undefined,
    embed: async (texts) => {
      fake.requests.push([...texts]);
      await fake.before(texts);
      return texts.map((text) => vectorOf(text, fake.dims));
    },
  };
  return fake;
};

export const vectorOf = (text: string, dims: number): Float32Array => {
  const bytes = createHash("sha512").update(text).digest();
  return Float32Array.from({ length: dims }, (_, i) => ((bytes[i % bytes.length] ?? 0) - 127.5) / 128);
};

/** Where the embedders of a test come from; the first is the one that is set up. */
export const sourceOf = (...embedders: FakeEmbedder[]): EmbedderSource => ({
  choice: embedders.length === 0 ? "off" : "configured",
  find: async () => embedders[0] ?? null,
  named: (model) => embedders.find((embedder) => embedder.model === model) ?? null,
  ofModel: (model) => embedders.find((embedder) => embedder.model === model) ?? null,
  close: () => undefined,
});

export const unavailable = (): never => {
  throw new EmbedderError("unavailable", "nobody there");
};
