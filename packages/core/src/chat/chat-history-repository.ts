import type { ChatAddress } from "@steward/contract/ids";
import { legacySessionId } from "@steward/contract/ids";
import type { DatabaseOrTransaction } from "@steward/schema/sqlite";
import { chatMessages } from "@steward/schema/tables";
import { and, asc, count, desc, eq, max, min } from "drizzle-orm";
import type { ChatHistoryService } from "./chat-history-service.ts";

/** One side of a turn, as it was said. */
export interface Utterance {
  address: ChatAddress;
  role: "user" | "assistant";
  content: string;
  source: string;
  userId: string | null;
  username: string | null;
  turnId: string | null;
  at: number;
}

/** Numeric chat ids stand in the ancestor's integer column; all others leave it empty. */
export const telegramChatId = (chatId: string): number | null =>
  /^-?\d{1,15}$/.test(chatId) ? Number(chatId) : null;

export interface ChatHistoryRepository extends ChatHistoryService {
  say(tx: DatabaseOrTransaction, utterance: Utterance): void;
}

export const createChatHistoryRepository = (deps: {
  db: DatabaseOrTransaction;
  now: () => number;
}): ChatHistoryRepository => {
  const { db } = deps;
  return {
    say: (tx, { address, role, content, source, userId, username, turnId, at }) => {
      tx.insert(chatMessages)
        .values({
          sessionId: legacySessionId(address),
          botId: address.botId,
          role,
          content,
          source,
          telegramChatId: telegramChatId(address.chatId),
          userId,
          username,
          turnId,
          createdAt: at,
        })
        .run();
    },
    sessions: (botId) => {
      const last = max(chatMessages.createdAt);
      return db
        .select({
          sessionId: chatMessages.sessionId,
          botId: chatMessages.botId,
          startedAt: min(chatMessages.createdAt),
          lastMessageAt: last,
          messageCount: count(),
        })
        .from(chatMessages)
        .where(botId === undefined ? undefined : eq(chatMessages.botId, botId))
        .groupBy(chatMessages.sessionId, chatMessages.botId)
        .orderBy(desc(last))
        .all()
        .map((row) => ({ ...row, startedAt: row.startedAt ?? 0, lastMessageAt: row.lastMessageAt ?? 0 }));
    },
    messages: (sessionId, limit) => {
      const ofSession = eq(chatMessages.sessionId, sessionId);
      const select = db.select().from(chatMessages).where(and(ofSession));
      const rows =
        limit === 0
          ? select.orderBy(asc(chatMessages.createdAt), asc(chatMessages.id)).all()
          : select.orderBy(desc(chatMessages.createdAt), desc(chatMessages.id)).limit(limit).all().reverse();
      return rows.length === 0 ? null : rows;
    },
    add: (message) =>
      Number(
        db
          .insert(chatMessages)
          .values({ ...message, createdAt: deps.now() })
          .run().lastInsertRowid,
      ),
  };
};
