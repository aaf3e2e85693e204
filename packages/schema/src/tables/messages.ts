import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { MessageRole } from "../enums.ts";

/** Everything ever said. Names follow the ancestor's table; `created_at` is UTC milliseconds here. */
export const chatMessages = sqliteTable(
  "chat_messages",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    sessionId: text("session_id").notNull(),
    botId: text("bot_id").notNull(),
    role: text().$type<MessageRole>().notNull(),
    content: text().notNull(),
    source: text().notNull(),
    telegramChatId: integer("telegram_chat_id"),
    userId: text("user_id"),
    username: text(),
    turnId: text("turn_id"),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [
    index("chat_messages_session").on(table.sessionId, table.createdAt, table.id),
    index("chat_messages_bot").on(table.botId),
    index("chat_messages_turn").on(table.turnId),
  ],
);

/**
 * One row per session with messages: what a list of sessions says of each. Kept by triggers on `chat_messages`, so that a
 * list costs nothing however much was said.
 */
export const historySessions = sqliteTable(
  "history_sessions",
  {
    botId: text("bot_id").notNull(),
    sessionId: text("session_id").notNull(),
    messageCount: integer("message_count").notNull(),
    startedAt: integer("started_at").notNull(),
    lastMessageAt: integer("last_message_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.botId, table.sessionId] }),
    index("history_sessions_last").on(table.lastMessageAt),
  ],
);
