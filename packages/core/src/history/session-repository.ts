import type { HistorySession } from "@steward/contract/history";
import type { Database } from "@steward/schema/sqlite";
import { chatMessages, chats, conversations, historySessions } from "@steward/schema/tables";
import { and, desc, eq, lt, or, type SQL, sql } from "drizzle-orm";
import type { HistoryPlace } from "./history-cursor.ts";

const PREVIEW_CHARACTERS = 200;

export interface SessionRepository {
  /** The latest first, from behind `after`. */
  page(filter: { botId: string | undefined }, limit: number, after: HistoryPlace | null): HistorySession[];
  exists(botId: string, sessionId: string): boolean;
  /** All of them with their beginnings; `chatRef` null = no chat of ours. */
  begun(): { botId: string; sessionId: string; startedAt: number; chatRef: number | null }[];
}

/** What `legacySessionId` of the contract makes of a chat's address. */
const sessionIdOfChat = sql`'gw-' || ${chats.botId} || '-' || ${chats.chatId} || CASE ${chats.threadId} WHEN '' THEN '' ELSE '.t' || ${chats.threadId} END`;

export const createSessionRepository = ({ db }: { db: Database }): SessionRepository => {
  const chatOf = db
    .select({
      chatId: chats.chatId,
      threadId: chats.threadId,
      topicName: chats.topicName,
      title: conversations.title,
    })
    .from(chats)
    .leftJoin(conversations, eq(conversations.id, chats.conversationId))
    .where(and(eq(chats.botId, sql.placeholder("botId")), eq(sessionIdOfChat, sql.placeholder("sessionId"))))
    .prepare();
  const lastOf = db
    .select({
      role: chatMessages.role,
      // Of a message of a megabyte no more is read than is shown.
      text: sql<string>`substr(${chatMessages.content}, 1, ${PREVIEW_CHARACTERS})`,
      userName: chatMessages.username,
    })
    .from(chatMessages)
    .where(
      and(
        eq(chatMessages.sessionId, sql.placeholder("sessionId")),
        eq(chatMessages.botId, sql.placeholder("botId")),
      ),
    )
    .orderBy(desc(chatMessages.createdAt), desc(chatMessages.id))
    .limit(1)
    .prepare();

  const describe = (row: typeof historySessions.$inferSelect): HistorySession[] => {
    const { botId, sessionId, messageCount: messages, startedAt, lastMessageAt } = row;
    const last = lastOf.get({ botId, sessionId });
    if (!last) return [];
    const chat = chatOf.get({ botId, sessionId });
    return [
      {
        ...{ sessionId, botId, messages, startedAt, lastMessageAt, last },
        chat: chat ? { chatId: chat.chatId, threadId: chat.threadId } : null,
        title: chat?.topicName ?? chat?.title ?? null,
      },
    ];
  };

  return {
    page: ({ botId }, limit, after) => {
      const conditions: (SQL | undefined)[] = [
        botId === undefined ? undefined : eq(historySessions.botId, botId),
        after === null
          ? undefined
          : or(
              lt(historySessions.lastMessageAt, after.at),
              and(eq(historySessions.lastMessageAt, after.at), lt(placeOf, after.id)),
            ),
      ];
      return db
        .select()
        .from(historySessions)
        .where(and(...conditions))
        .orderBy(desc(historySessions.lastMessageAt), desc(placeOf))
        .limit(limit)
        .all()
        .flatMap(describe);
    },
    exists: (botId, sessionId) =>
      db
        .select({ one: sql`1` })
        .from(historySessions)
        .where(and(eq(historySessions.botId, botId), eq(historySessions.sessionId, sessionId)))
        .get() !== undefined,
    begun: () => {
      const refs = new Map(
        db
          .select({ id: chats.id, botId: chats.botId, sessionId: sql<string>`${sessionIdOfChat}` })
          .from(chats)
          .all()
          .map(({ id, botId, sessionId }) => [`${botId}\n${sessionId}`, id]),
      );
      return db
        .select({
          botId: historySessions.botId,
          sessionId: historySessions.sessionId,
          startedAt: historySessions.startedAt,
        })
        .from(historySessions)
        .all()
        .map((row) => ({ ...row, chatRef: refs.get(`${row.botId}\n${row.sessionId}`) ?? null }));
    },
  };
};

/** Tells sessions of the same moment apart. Neither id holds a line break. */
const placeOf = sql<string>`${historySessions.botId} || char(10) || ${historySessions.sessionId}`;

export const sessionPlace = ({ botId, sessionId, lastMessageAt }: HistorySession): HistoryPlace => ({
  at: lastMessageAt,
  id: `${botId}\n${sessionId}`,
});
