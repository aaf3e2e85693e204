/** What is said about embedding models, in English. Placeholders stand in braces. */
export const embeddingEn = {
  "error.no_embedder":
    "There is no embedding model, so there is nothing to embed with. Set one up (`steward doctor` says how), then try again.",
} as const;
