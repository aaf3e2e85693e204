import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { Language, TurnSource, TurnState } from "../enums.ts";
import { chats, conversations } from "./chats.ts";

/** The journal: one row per accepted prompt. `seq` is the order of acceptance, `fence` guards every later write. */
export const turns = sqliteTable(
  "turns",
  {
    seq: integer().primaryKey({ autoIncrement: true }),
    id: text().notNull().unique(),
    chatRef: integer("chat_ref")
      .notNull()
      .references(() => chats.id),
    conversationId: text("conversation_id").references(() => conversations.id),
    source: text().$type<TurnSource>().notNull(),
    language: text().$type<Language>().notNull(),
    state: text().$type<TurnState>().notNull(),
    /** Put aside by a stop until the person says Run or Drop. */
    parked: integer({ mode: "boolean" }).notNull().default(false),
    /** Above 0: a person has sent it ahead of what waits. The highest of a chat is next; equal ones go by `seq`. */
    rank: integer().notNull().default(0),
    /** Whether the result goes out through the outbox. */
    deliver: integer({ mode: "boolean" }).notNull(),
    attempt: integer().notNull().default(0),
    bootId: text("boot_id"),
    fence: integer().notNull().default(0),
    prompt: text().notNull(),
    /** Ids of the files that came with it, in order. A deliberate second run carries the same ones. */
    fileIds: text("file_ids", { mode: "json" }).$type<string[]>().notNull().default([]),
    /** Committed before the CLI may run a tool, so that "no tool started" is a fact. */
    startedTools: integer("started_tools", { mode: "boolean" }).notNull().default(false),
    toolCount: integer("tool_count").notNull().default(0),
    resultText: text("result_text").notNull().default(""),
    errorCode: text("error_code"),
    errorDetail: text("error_detail"),
    inputTokens: integer("input_tokens"),
    outputTokens: integer("output_tokens"),
    cacheReadTokens: integer("cache_read_tokens"),
    cacheCreationTokens: integer("cache_creation_tokens"),
    costMicroUsd: integer("cost_micro_usd"),
    /** Which model answered, as the CLI named it. */
    model: text(),
    /** What triage decided about it, as JSON; null when it was not asked. */
    triage: text(),
    userId: text("user_id"),
    userName: text("user_name"),
    replyToMessageId: integer("reply_to_message_id"),
    placeholderMessageId: integer("placeholder_message_id"),
    /** While it is `received`: until when (UTC ms) further messages of its sender are taken into it. */
    gatherUntil: integer("gather_until"),
    /** Never written: albums are known by their updates. It may go with the next change of this table. */
    mediaGroupId: text("media_group_id"),
    receivedAt: integer("received_at").notNull(),
    startedAt: integer("started_at"),
    finishedAt: integer("finished_at"),
  },
  (table) => [
    index("turns_chat").on(table.chatRef, table.seq),
    index("turns_state").on(table.state),
    index("turns_conversation").on(table.conversationId),
    index("turns_finished").on(table.finishedAt),
  ],
);

/** Which message makes which part of a turn's prompt, so that an edit finds its words. */
export const turnMessages = sqliteTable(
  "turn_messages",
  {
    turnId: text("turn_id")
      .notNull()
      .references(() => turns.id),
    messageId: integer("message_id").notNull(),
    chatRef: integer("chat_ref").notNull(),
    /** Where its part begins in the prompt, and how long it is (UTF-16 units). What joins two parts belongs to none. */
    startsAt: integer("starts_at").notNull(),
    length: integer().notNull(),
    /** What its part became by an edit that came too late for this turn; null: nothing. */
    lateEdit: text("late_edit"),
    /** Its row in `chat_messages`. */
    historyId: integer("history_id"),
  },
  (table) => [
    primaryKey({ columns: [table.turnId, table.messageId] }),
    index("turn_messages_message").on(table.chatRef, table.messageId),
  ],
);

/** A turn's replayable log, in committed chunks. Dropped some days after the turn ended. */
export const turnEvents = sqliteTable(
  "turn_events",
  {
    turnId: text("turn_id").notNull(),
    n: integer().notNull(),
    at: integer().notNull(),
    body: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.turnId, table.n] })],
);

/** A client's key for a thing to do. The digest of what was asked tells a repeat from a mistake. */
export const idempotencyKeys = sqliteTable(
  "idempotency_keys",
  {
    scope: text().notNull(),
    key: text().notNull(),
    digest: text().notNull(),
    turnId: text("turn_id").notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.scope, table.key] }),
    index("idempotency_keys_age").on(table.createdAt),
  ],
);

/** What was answered to a request with a client's key that made no turn: its repeat is answered the same. */
export const answeredRequests = sqliteTable(
  "answered_requests",
  {
    /** The endpoint. */
    scope: text().notNull(),
    key: text().notNull(),
    digest: text().notNull(),
    status: integer().notNull(),
    /** As JSON. */
    answer: text().notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.scope, table.key] }),
    index("answered_requests_age").on(table.createdAt),
  ],
);

/** Requests at the ancestor's synchronous doors and whether their answers got through (join rule). */
export const gatewayRequests = sqliteTable(
  "gateway_requests",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    turnId: text("turn_id").notNull(),
    /** SHA-256 over bot, chat, user and message. */
    digest: text().notNull(),
    response: text().$type<"open" | "written" | "broken" | "joined">().notNull(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [
    index("gateway_requests_digest").on(table.digest, table.createdAt),
    index("gateway_requests_turn").on(table.turnId),
  ],
);

/** Updates handed in by front ends, exactly one row each. */
export const inbox = sqliteTable(
  "inbox",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    botId: text("bot_id").notNull(),
    updateId: integer("update_id").notNull(),
    kind: text().notNull(),
    state: text().notNull(),
    detail: text().notNull().default(""),
    turnId: text("turn_id"),
    /** The classified update as JSON; null for denied ones and after retention. */
    payload: text(),
    receivedAt: integer("received_at").notNull(),
    settledAt: integer("settled_at"),
  },
  (table) => [
    uniqueIndex("inbox_update").on(table.botId, table.updateId),
    index("inbox_state").on(table.botId, table.state),
    index("inbox_age").on(table.receivedAt),
  ],
);
