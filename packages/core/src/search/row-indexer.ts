import type { SearchedKind } from "@steward/schema/enums";
import { scopeNumbersOf, scopeTokens } from "@steward/schema/search-scopes";
import type { OpenDatabase } from "@steward/schema/sqlite";
import type { TextIndex } from "@steward/schema/text-index";
import { removeVectors } from "@steward/schema/vector-rows";
import type { ToEmbed } from "./search-indexer.ts";

/** Brings the indexes after one row. Runs inside the indexer's transaction. */
export const createRowIndexer = (deps: {
  sqlite: OpenDatabase["sqlite"];
  text: TextIndex;
  hasVectors: () => boolean;
  toEmbed: ToEmbed;
}) => {
  const { sqlite, text } = deps;
  const indexMessage = (ref: number): boolean => {
    const row = sqlite
      .prepare("SELECT bot_id AS botId, session_id AS sessionId, content FROM chat_messages WHERE id = ?")
      .get(ref) as { botId: string; sessionId: string; content: string } | undefined;
    if (!row) return false;
    text.put("message", ref, row.content, scopeTokens(scopeNumbersOf(sqlite, row.botId, row.sessionId)));
    return true;
  };
  /** Memories are few: whose they are is read from their rows. */
  const indexMemory = (ref: number): boolean => {
    const row = sqlite.prepare("SELECT key, content FROM memories WHERE id = ?").get(ref) as
      | { key: string; content: string }
      | undefined;
    if (!row) return false;
    text.put("memory", ref, `${row.key}\n${row.content}`, "");
    return true;
  };
  /** The text alone, for a row that has not changed. */
  const indexText = (kind: SearchedKind, ref: number): boolean => {
    const isThere = kind === "message" ? indexMessage(ref) : indexMemory(ref);
    if (!isThere) text.remove(kind, ref);
    return isThere;
  };
  return {
    indexText,
    /** A row that is new, changed or gone. Vectors of what it said before would lead to it by what it does not say any more. */
    index: (kind: SearchedKind, ref: number): void => {
      const isThere = indexText(kind, ref);
      removeVectors(sqlite, kind, ref, deps.hasVectors());
      if (isThere) deps.toEmbed(kind, ref);
    },
  };
};
