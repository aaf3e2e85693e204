/** What is said about embedding models, in English. Placeholders stand in braces. */
export const embeddingEn = {
  "error.no_embedder":
    "There is no embedding model, so there is nothing to embed with. Set one up (`steward doctor` says how), then try again.",
  "cli.describe.search": "what searches go by",
  "cli.describe.search_status": "the embedding model, and how far it has come",
  "cli.describe.search_reindex": "embed everything anew; searches go on meanwhile",
  "cli.search.lexical": "Search: keyword + fuzzy search (no embedding model configured)",
  "cli.search.off": "Search: keyword + fuzzy search (embedding is switched off: STEWARD_EMBEDDER=off)",
  "cli.search.lexical_fix":
    "To search by meaning as well: install Ollama (https://ollama.com), then `ollama pull nomic-embed-text` for English, or `ollama pull bge-m3` for Chinese and other languages. It is found by itself; OLLAMA_EMBED_MODEL chooses one",
  "cli.search.active": "Search: by meaning and by words, with {model} ({done} of {total} texts, {percent} %)",
  "cli.search.coming":
    "Another embedding model is being filled: {model} ({done} of {total} texts, {percent} %)",
  "cli.search.no_answer":
    "The embedding model {model} does not answer ({reason}); until it does, words alone count",
  "cli.search.no_answer_fix":
    "See that it runs and has the model (`ollama list`), or name another one (OLLAMA_BASE_URL, OLLAMA_EMBED_MODEL). What waits is made up for by itself",
  "cli.search.dimension":
    "{model} now makes vectors of another length ({reason}); nothing new can be found by meaning",
  "cli.search.dimension_fix": "Embed everything anew: steward search reindex",
  "cli.search.failing": "{count} texts could not be embedded ({reason}); they are found by their words",
  "cli.search.failing_fix": "They are tried again by themselves; `steward search status --json` names them",
  "cli.search.no_vectors": "The vector extension cannot be used: {reason}",
  "cli.search.no_vectors_fix":
    "Install the dependencies again (`npm start` does it); until then searches go by words alone",
  "cli.search.reindexing":
    "✓ Everything is being embedded anew with {model}. `steward search status` shows how far it is; searches go on meanwhile.",
  "cli.describe.memory_eval": "how well memories are found, with each embedding model, side by side",
  "cli.option.eval_file": "your own questions: a JSON list of { question, memory: { key, content } }",
  "cli.option.eval_embedder": "another model to measure as well (repeatable)",
  "cli.memory_eval.running": "Measuring; with a model that has to be loaded first this takes a while …",
  "cli.memory_eval.bad_file": "{path} cannot be used: {reason}",
  "cli.memory_eval.embedder": "EMBEDDING MODEL",
  "cli.memory_eval.none": "none (words alone)",
  "cli.memory_eval.pairs":
    "{pairs} questions. RECALL@k: share of those whose memory was among the first k; MRR: mean of 1 / rank.",
} as const;
