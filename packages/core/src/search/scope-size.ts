import type { OpenDatabase } from "@steward/schema/sqlite";
import type { Corpus } from "./search-corpus.ts";

/**
 * How many messages a chat has, or how many memories there are, whatever else narrows the search; counted up to `most`, more
 * are infinite. So is what is not one chat: to count a bot's messages takes longer than what depends on it.
 */
export const scopeSize = (sqlite: OpenDatabase["sqlite"], corpus: Corpus, most: number): number => {
  if (corpus.kind === "message" && corpus.chats === null) return Number.POSITIVE_INFINITY;
  const { n } = sqlite
    .prepare(
      corpus.kind === "memory"
        ? `SELECT count(*) AS n FROM (SELECT 1 FROM memories LIMIT ${most + 1})`
        : `SELECT count(*) AS n FROM (SELECT 1 FROM chat_messages
             WHERE session_id IN (SELECT value FROM json_each(@sessions)) LIMIT ${most + 1})`,
    )
    .get(corpus.values) as { n: number };
  return n > most ? Number.POSITIVE_INFINITY : n;
};
