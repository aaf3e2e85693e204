import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { AccessRole } from "../enums.ts";

/** Who may use a bot: numeric user ids only, never names. */
export const accessEntries = sqliteTable(
  "access_entries",
  {
    botId: text("bot_id").notNull(),
    userId: text("user_id").notNull(),
    role: text().$type<AccessRole>().notNull(),
    username: text(),
    name: text(),
    createdAt: integer("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.botId, table.userId] })],
);

export const pairingRequests = sqliteTable(
  "pairing_requests",
  {
    code: text().primaryKey(),
    botId: text("bot_id").notNull(),
    userId: text("user_id").notNull(),
    chatId: text("chat_id").notNull(),
    username: text(),
    name: text(),
    createdAt: integer("created_at").notNull(),
    expiresAt: integer("expires_at").notNull(),
  },
  (table) => [index("pairing_requests_bot").on(table.botId, table.expiresAt)],
);

/** What was done to the service itself, by whom. Never prompts or secrets. */
export const auditEntries = sqliteTable("audit_entries", {
  id: integer().primaryKey({ autoIncrement: true }),
  at: integer().notNull(),
  actor: text().notNull(),
  action: text().notNull(),
  target: text().notNull(),
  detail: text().notNull().default(""),
});

/** Small facts about this installation, by name. */
export const settings = sqliteTable("settings", {
  name: text().primaryKey(),
  value: text().notNull(),
  updatedAt: integer("updated_at").notNull(),
});
