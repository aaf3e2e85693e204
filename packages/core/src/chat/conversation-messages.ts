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

/** What came unasked, while the conversation went on. */
const unaskedUntil = (conversation: ConversationRecord, until: number) =>
  and(
    isNull(chatMessages.turnId),
    eq(chatMessages.source, "background"),
    gte(chatMessages.createdAt, conversation.createdAt),
    lte(chatMessages.createdAt, until),
  );

export const createConversationMessages = ({ db }: { db: Database }): ConversationMessages => {
  /** Of the chat's messages the newest `limit` of these, oldest first. */
  const said = (chat: ChatRecord, which: ReturnType<typeof or>, limit: number) =>
    db
      .select({
        role: chatMessages.role,
        content: chatMessages.content,
        source: chatMessages.source,
        at: chatMessages.createdAt,
        userName: chatMessages.username,
        turnId: chatMessages.turnId,
      })
      .from(chatMessages)
      .leftJoin(turns, eq(turns.id, chatMessages.turnId))
      .where(and(eq(chatMessages.sessionId, legacySessionId(addressOf(chat))), which))
      .orderBy(desc(chatMessages.createdAt), desc(chatMessages.id))
      .limit(limit)
      .all()
      .reverse();

  return {
    endedBy: (chat, conversation, by) => {
      const ended = and(eq(turns.conversationId, conversation.id), lte(turns.finishedAt, by));
      return said(chat, or(ended, unaskedUntil(conversation, by)), MOST_MESSAGES).map(
        ({ role, content, source, at }) => ({ role, content, at, failed: source === "error" }),
      );
    },
    all: (chat, conversation, limit) => {
      const asked = eq(turns.conversationId, conversation.id);
      return said(chat, or(asked, unaskedUntil(conversation, conversation.lastActiveAt)), limit).map(
        ({ role, content: text, at, userName, turnId }) => ({ role, text, at, userName, turnId }),
      );
    },
  };
};
