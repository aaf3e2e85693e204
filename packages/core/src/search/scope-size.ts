import type { OpenDatabase } from "@steward/schema/sqlite";
import type { Corpus } from "./search-corpus.ts";

/**
 * Whether a chat has no more messages than that, or there are no more memories, whatever else narrows the search. Never of
 * what is not one chat: to count a bot's messages takes longer than what depends on it.
 */
export const hasAtMost = (sqlite: OpenDatabase["sqlite"], corpus: Corpus, most: number): boolean => {
  if (corpus.kind === "message" && corpus.chats === null) return false;
  const { n } = sqlite
    .prepare(
      corpus.kind === "memory"
        ? `SELECT count(*) AS n FROM (SELECT 1 FROM memories LIMIT ${most + 1})`
        : `SELECT count(*) AS n FROM (SELECT 1 FROM chat_messages
             WHERE session_id IN (SELECT value FROM json_each(@sessions)) LIMIT ${most + 1})`,
    )
    .get(corpus.values) as { n: number };
  return n <= most;
};
