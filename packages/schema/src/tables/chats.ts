import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { BotKind, BotState, Language } from "../enums.ts";

/** Known bots: Telegram ones, gateway clients, the terminal. `acked_through` is the poller's durable offset. */
export const bots = sqliteTable("bots", {
  id: text().primaryKey(),
  kind: text().$type<BotKind>().notNull(),
  username: text(),
  state: text().$type<BotState>().notNull().default("unknown"),
  stateDetail: text("state_detail").notNull().default(""),
  stateAt: integer("state_at").notNull(),
  ackedThrough: integer("acked_through"),
  ackedAt: integer("acked_at"),
  /** Telegram shows it all that is written in groups, not only what is meant for it; null = it has not said. */
  readsAllMessages: integer("reads_all_messages", { mode: "boolean" }),
  /** The front end that may poll, and until when (UTC ms) unless it asks again. */
  leaseHolder: text("lease_holder"),
  leaseUntil: integer("lease_until"),
  createdAt: integer("created_at").notNull(),
});

/** One row per (bot, chat, topic). The integer id is the key everything else refers to. */
export const chats = sqliteTable(
  "chats",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    botId: text("bot_id").notNull(),
    chatId: text("chat_id").notNull(),
    threadId: text("thread_id").notNull().default(""),
    language: text().$type<Language>().notNull().default("en"),
    /** The conversation that the next turn goes to; null until the first turn runs. */
    conversationId: text("conversation_id"),
    lastStopAt: integer("last_stop_at"),
    /** Where new conversations work; null = the chat's own workspace. */
    projectId: text("project_id"),
    /** New conversations in a git project get a worktree of their own. */
    usesWorktree: integer("uses_worktree", { mode: "boolean" }).notNull().default(false),
    /** What the topic is called, as far as it is known; null outside topics. */
    topicName: text("topic_name"),
    /** Its name is a person's choice, or was given once by us: it stays. */
    topicNamed: integer("topic_named", { mode: "boolean" }).notNull().default(false),
    /** Its workspace is packed away; the next message unpacks it. */
    archivedAt: integer("archived_at"),
    /** Under which chat's id its workspace lies, when the chat has moved to another one since. */
    workspaceChatId: text("workspace_chat_id"),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [uniqueIndex("chats_address").on(table.botId, table.chatId, table.threadId)],
);

/** A Claude session that we own: its UUID, where it works, and whether the CLI has written a transcript yet. */
export const conversations = sqliteTable(
  "conversations",
  {
    id: text().primaryKey(),
    chatRef: integer("chat_ref")
      .notNull()
      .references(() => chats.id),
    cliSessionId: text("cli_session_id").notNull().unique(),
    cwd: text().notNull(),
    title: text(),
    hasTranscript: integer("has_transcript", { mode: "boolean" }).notNull().default(false),
    turnCount: integer("turn_count").notNull().default(0),
    costMicroUsd: integer("cost_micro_usd").notNull().default(0),
    model: text(),
    projectId: text("project_id"),
    /** Its own git worktree, when it has one; the same path as `cwd`. */
    worktree: text(),
    /** Its CLI session is not to be trusted any more (died, or answered nothing): the next one is seeded from history. */
    quarantinedAt: integer("quarantined_at"),
    quarantineReason: text("quarantine_reason"),
    /** When a new CLI session took over; what was said before is known to it only as quoted history. Null = the first one. */
    cliSessionSince: integer("cli_session_since"),
    createdAt: integer("created_at").notNull(),
    lastActiveAt: integer("last_active_at").notNull(),
  },
  (table) => [index("conversations_chat").on(table.chatRef)],
);
