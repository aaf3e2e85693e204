import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { ExpenseKind } from "../enums.ts";
import { chats } from "./chats.ts";

/** Money that no turn's result accounts for. Together with the turns' own costs it is all that was spent. */
export const expenses = sqliteTable(
  "expenses",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    chatRef: integer("chat_ref")
      .notNull()
      .references(() => chats.id),
    conversationId: text("conversation_id"),
    /** The turn that it began with, where that is known. */
    turnId: text("turn_id"),
    kind: text().$type<ExpenseKind>().notNull(),
    /** As the CLI named it. */
    model: text(),
    inputTokens: integer("input_tokens").notNull().default(0),
    outputTokens: integer("output_tokens").notNull().default(0),
    cacheReadTokens: integer("cache_read_tokens").notNull().default(0),
    cacheCreationTokens: integer("cache_creation_tokens").notNull().default(0),
    costMicroUsd: integer("cost_micro_usd").notNull(),
    /** UTC ms: the day that it counts for. */
    at: integer().notNull(),
  },
  (table) => [index("expenses_at").on(table.at), index("expenses_chat").on(table.chatRef, table.at)],
);
