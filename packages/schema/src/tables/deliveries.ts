import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { DeliveryKind, DeliveryState, Language } from "../enums.ts";
import { chats } from "./chats.ts";

/** The outbox: written in the transaction of the result it carries. */
export const deliveries = sqliteTable(
  "deliveries",
  {
    seq: integer().primaryKey({ autoIncrement: true }),
    id: text().notNull().unique(),
    chatRef: integer("chat_ref")
      .notNull()
      .references(() => chats.id),
    turnId: text("turn_id"),
    kind: text().$type<DeliveryKind>().notNull(),
    state: text().$type<DeliveryState>().notNull(),
    text: text().notNull(),
    /** What a `file` delivery carries. */
    fileId: text("file_id"),
    /** What an `approval` delivery asks about. */
    approvalId: text("approval_id"),
    /** What the buttons of a `notice` are about: a pairing code, a group. */
    subject: text(),
    /** Grows with each rewriting: what was shown of an earlier one does not count as delivered. */
    revision: integer().notNull().default(0),
    actions: text({ mode: "json" }).$type<string[]>().notNull(),
    language: text().$type<Language>().notNull(),
    replyToMessageId: integer("reply_to_message_id"),
    placeholderIds: text("placeholder_ids", { mode: "json" }).$type<(number | null)[]>().notNull(),
    attempt: integer().notNull().default(0),
    nextAt: integer("next_at").notNull(),
    lastError: text("last_error"),
    createdAt: integer("created_at").notNull(),
    settledAt: integer("settled_at"),
  },
  (table) => [
    index("deliveries_state").on(table.state, table.chatRef),
    index("deliveries_turn").on(table.turnId),
    index("deliveries_approval").on(table.approvalId),
    index("deliveries_subject").on(table.subject),
  ],
);

/** How each try to deliver something ended, as its front end told. Dropped with the logs of turns. */
export const deliveryAttempts = sqliteTable(
  "delivery_attempts",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    deliveryId: text("delivery_id").notNull(),
    at: integer().notNull(),
    outcome: text().$type<"retry" | "delivered" | "possibly_delivered" | "dead">().notNull(),
    error: text(),
  },
  (table) => [
    index("delivery_attempts_delivery").on(table.deliveryId),
    index("delivery_attempts_at").on(table.at),
  ],
);
