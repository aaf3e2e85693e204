import { sql } from "drizzle-orm";
import { index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { MemoryAction, MemoryOrigin, MemoryState } from "../enums.ts";

/**
 * What is remembered. Whom it is for stands in the two ids: both empty = everybody, on purpose; a bot alone = all chats
 * of that bot; both = that chat, all its topics included. A key is there once for each of them.
 */
export const memories = sqliteTable(
  "memories",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    botId: text("bot_id").notNull().default(""),
    chatId: text("chat_id").notNull().default(""),
    key: text().notNull(),
    content: text().notNull(),
    category: text().notNull().default("general"),
    state: text().$type<MemoryState>().notNull().default("accepted"),
    /** Goes into every turn of those whom it is for, as far as there is room. */
    pinned: integer({ mode: "boolean" }).notNull().default(false),
    /** UTC ms; from then on it is not recalled any more. Null = it stays. */
    expiresAt: integer("expires_at"),
    origin: text().$type<MemoryOrigin>().notNull(),
    /** The message that it comes from (`chat_messages.id`), the turn, and who said it; null = not known. */
    sourceMessageId: integer("source_message_id"),
    sourceTurnId: text("source_turn_id"),
    sourceUserId: text("source_user_id"),
    sourceUserName: text("source_user_name"),
    createdAt: integer("created_at").notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [
    // A proposal may stand beside the memory that it would replace.
    uniqueIndex("memories_key")
      .on(table.botId, table.chatId, table.key)
      .where(sql`${table.state} = 'accepted'`),
    index("memories_updated").on(table.updatedAt),
  ],
);

/** Every change of every memory, with all of it before and after: the history, and what undoing goes by. */
export const memoryChanges = sqliteTable(
  "memory_changes",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    memoryId: integer("memory_id").notNull(),
    action: text().$type<MemoryAction>().notNull(),
    /** The row as JSON; null = there was, or is, none. */
    before: text(),
    after: text(),
    origin: text().$type<MemoryOrigin>().notNull(),
    userId: text("user_id"),
    userName: text("user_name"),
    turnId: text("turn_id"),
    /** The change that took this one back. */
    undoneBy: integer("undone_by"),
    at: integer().notNull(),
  },
  (table) => [index("memory_changes_memory").on(table.memoryId), index("memory_changes_at").on(table.at)],
);

/** What went into a turn, as it was then: the receipt. */
export const turnRecalls = sqliteTable(
  "turn_recalls",
  {
    turnId: text("turn_id").notNull(),
    /** Its place in the prompt, from 0. */
    n: integer().notNull(),
    /** Null = the shared context file. */
    memoryId: integer("memory_id"),
    key: text().notNull(),
    content: text().notNull(),
    /** Why: pinned, or how well it fitted (the higher the better). */
    score: real(),
    mode: text().notNull(),
    at: integer().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.turnId, table.n] }),
    index("turn_recalls_memory").on(table.memoryId),
  ],
);
