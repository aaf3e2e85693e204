import { createHash } from "node:crypto";
import type { EmbeddingTask } from "@steward/core/search/embedder";

/** What is written before a text, so that the model knows what it is for. */
export type TaskPrefixes = Record<EmbeddingTask, string>;

const NONE: TaskPrefixes = { query: "", document: "" };

/** As the models' own cards have it; by what their names contain. */
const KNOWN: readonly (readonly [name: RegExp, prefixes: TaskPrefixes])[] = [
  [/nomic-embed/, { query: "search_query: ", document: "search_document: " }],
  [/multilingual-e5|\be5-/, { query: "query: ", document: "passage: " }],
  [/mxbai-embed/, { query: "Represent this sentence for searching relevant passages: ", document: "" }],
  [/snowflake-arctic-embed2/, { query: "query: ", document: "" }],
  [/embeddinggemma/, { query: "task: search result | query: ", document: "title: none | text: " }],
];

const knownPrefixes = (model: string): TaskPrefixes =>
  KNOWN.find(([name]) => name.test(model.toLowerCase()))?.[1] ?? NONE;

/** What the owner has set, and for the rest what the model is known to want. */
export const prefixesFor = (model: string, set: Partial<TaskPrefixes>): TaskPrefixes => ({
  ...knownPrefixes(model),
  ...set,
});

/**
 * What a model's vectors are called. With prefixes of the owner's own they are others, and not to be compared with those
 * without.
 */
export const nameOfVectors = (provider: string, model: string, set: Partial<TaskPrefixes>): string => {
  const known = knownPrefixes(model);
  const used = prefixesFor(model, set);
  const plain = `${provider}/${model.replace(/:latest$/, "")}`;
  if (used.document === known.document && used.query === known.query) return plain;
  return `${plain}#${createHash("sha256").update(JSON.stringify(used)).digest("hex").slice(0, 8)}`;
};
