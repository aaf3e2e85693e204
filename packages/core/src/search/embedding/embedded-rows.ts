import type { MessageRole, SearchedKind } from "@steward/schema/enums";
import type { OpenDatabase } from "@steward/schema/sqlite";

/** A row as it is now: what of it is embedded, and what of a message a search is narrowed by. */
export interface EmbeddedRow {
  text: string;
  message: { botId: string; sessionId: string; role: MessageRole; createdAt: number } | null;
}

/** @returns null when it is not there (any more) */
export const readEmbeddedRow = (
  sqlite: OpenDatabase["sqlite"],
  kind: SearchedKind,
  ref: number,
): EmbeddedRow | null => {
  if (kind === "memory") {
    const row = sqlite.prepare("SELECT key, content FROM memories WHERE id = ?").get(ref) as
      | { key: string; content: string }
      | undefined;
    // The key often says what it is about, and the content alone does not ("the 14th of May").
    return row === undefined ? null : { text: `${row.key}\n${row.content}`, message: null };
  }
  const row = sqlite
    .prepare(
      `SELECT content, bot_id AS botId, session_id AS sessionId, role, created_at AS createdAt
       FROM chat_messages WHERE id = ?`,
    )
    .get(ref) as ({ content: string } & NonNullable<EmbeddedRow["message"]>) | undefined;
  if (row === undefined) return null;
  const { content, ...message } = row;
  return { text: content, message };
};
