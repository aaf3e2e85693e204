import type { ChatAddress } from "@steward/contract/ids";
import { legacySessionId } from "@steward/contract/ids";
import type { Database } from "@steward/schema/sqlite";
import { chatMessages, historySessions } from "@steward/schema/tables";
import { and, asc, desc, eq, sql } from "drizzle-orm";
import type { EventHub } from "../events/event-hub.ts";
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
  /** Takes part in the transaction that is open. Answers the row's id. */
  say(utterance: Utterance): number;
  /** The (first) message that a turn was asked by; null when it has none any more. */
  askedBy(turnId: string): number | null;
}

export const createChatHistoryRepository = (deps: {
  db: Database;
  now: () => number;
  hub: Pick<EventHub, "publish">;
}): ChatHistoryRepository => {
  const { db, hub } = deps;
  // Prepared once: both sides of every turn pass here.
  const insertMessage = db
    .insert(chatMessages)
    .values({
      sessionId: sql.placeholder("sessionId"),
      botId: sql.placeholder("botId"),
      role: sql.placeholder("role"),
      content: sql.placeholder("content"),
      source: sql.placeholder("source"),
      telegramChatId: sql.placeholder("telegramChatId"),
      userId: sql.placeholder("userId"),
      username: sql.placeholder("username"),
      turnId: sql.placeholder("turnId"),
      createdAt: sql.placeholder("createdAt"),
    })
    .prepare();
  return {
    say: ({ address, at, ...utterance }) => {
      const { lastInsertRowid } = insertMessage.run({
        ...utterance,
        sessionId: legacySessionId(address),
        botId: address.botId,
        telegramChatId: telegramChatId(address.chatId),
        createdAt: at,
      });
      hub.publish("history_changed", { chat: address });
      return Number(lastInsertRowid);
    },
    sessions: (botId) =>
      db
        .select()
        .from(historySessions)
        .where(botId === undefined ? undefined : eq(historySessions.botId, botId))
        .orderBy(desc(historySessions.lastMessageAt))
        .all(),
    askedBy: (turnId) =>
      db
        .select({ id: chatMessages.id })
        .from(chatMessages)
        .where(and(eq(chatMessages.turnId, turnId), eq(chatMessages.role, "user")))
        .orderBy(asc(chatMessages.id))
        .get()?.id ?? null,
    messages: (sessionId, limit) => {
      const ofSession = eq(chatMessages.sessionId, sessionId);
      const select = db.select().from(chatMessages).where(and(ofSession));
      const rows =
        limit === 0
          ? select.orderBy(asc(chatMessages.createdAt), asc(chatMessages.id)).all()
          : select.orderBy(desc(chatMessages.createdAt), desc(chatMessages.id)).limit(limit).all().reverse();
      return rows.length === 0 ? null : rows;
    },
    add: (message) => {
      const { lastInsertRowid } = db
        .insert(chatMessages)
        .values({ ...message, createdAt: deps.now() })
        .run();
      hub.publish("history_changed", { chat: null });
      return Number(lastInsertRowid);
    },
  };
};
