import { legacySessionId } from "@steward/contract/ids";
import type { MessageRole } from "@steward/schema/enums";
import type { Database } from "@steward/schema/sqlite";
import { chatMessages, turns } from "@steward/schema/tables";
import { and, desc, eq, gte, isNull, lte, or } from "drizzle-orm";
import { addressOf, type ChatRecord, type ConversationRecord } from "../chats/chat-repository.ts";
import type { EarlierMessage } from "../sessions/conversation-seed.ts";

/** More messages than any seed has room for. */
const MOST_MESSAGES = 200;

/** One message of a conversation, for people. */
export interface SaidMessage {
  role: MessageRole;
  text: string;
  at: number;
  userName: string | null;
  turnId: string | null;
}

/** What was said in one conversation, as against all that was said in its chat. */
export interface ConversationMessages {
  /** Of turns that had ended by `by`, and what came unasked until then; oldest first, the newest two hundred. */
  endedBy(chat: ChatRecord, conversation: ConversationRecord, by: number): EarlierMessage[];
  /** All of it; oldest first, the newest `limit`. */
  all(chat: ChatRecord, conversation: ConversationRecord, limit: number): SaidMessage[];
}

export const createConversationMessages = ({ db }: { db: Database }): ConversationMessages => ({
  endedBy: (chat, conversation, by) =>
    db
      .select({
        role: chatMessages.role,
        content: chatMessages.content,
        source: chatMessages.source,
        at: chatMessages.createdAt,
      })
      .from(chatMessages)
      .leftJoin(turns, eq(turns.id, chatMessages.turnId))
      .where(
        and(
          eq(chatMessages.sessionId, legacySessionId(addressOf(chat))),
          or(
            and(eq(turns.conversationId, conversation.id), lte(turns.finishedAt, by)),
            and(
              isNull(chatMessages.turnId),
              eq(chatMessages.source, "background"),
              gte(chatMessages.createdAt, conversation.createdAt),
              lte(chatMessages.createdAt, by),
            ),
          ),
        ),
      )
      .orderBy(desc(chatMessages.createdAt), desc(chatMessages.id))
      .limit(MOST_MESSAGES)
      .all()
      .reverse()
      .map(({ source, ...message }) => ({ ...message, failed: source === "error" })),
  all: (chat, conversation, limit) =>
    db
      .select({
        role: chatMessages.role,
        text: chatMessages.content,
        at: chatMessages.createdAt,
        userName: chatMessages.username,
        turnId: chatMessages.turnId,
      })
      .from(chatMessages)
      .leftJoin(turns, eq(turns.id, chatMessages.turnId))
      .where(
        and(
          eq(chatMessages.sessionId, legacySessionId(addressOf(chat))),
          or(
            eq(turns.conversationId, conversation.id),
            and(
              isNull(chatMessages.turnId),
              eq(chatMessages.source, "background"),
              gte(chatMessages.createdAt, conversation.createdAt),
              lte(chatMessages.createdAt, conversation.lastActiveAt),
            ),
          ),
        ),
      )
      .orderBy(desc(chatMessages.createdAt), desc(chatMessages.id))
      .limit(limit)
      .all()
      .reverse(),
});
