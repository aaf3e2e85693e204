import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { AccessRole, ChatAdmission, ChatAttention } from "../enums.ts";

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
    /** Until it expires, who was refused is not asked about again. */
    refusedAt: integer("refused_at"),
  },
  (table) => [index("pairing_requests_bot").on(table.botId, table.expiresAt)],
);

/** A link that lets one person in, once. */
export const invitations = sqliteTable(
  "invitations",
  {
    id: text().primaryKey(),
    botId: text("bot_id").notNull(),
    role: text().$type<AccessRole>().notNull(),
    /** SHA-256 of the code, which is nowhere kept. */
    codeHash: text("code_hash").notNull().unique(),
    createdBy: text("created_by").notNull(),
    createdAt: integer("created_at").notNull(),
    expiresAt: integer("expires_at").notNull(),
    usedAt: integer("used_at"),
    usedBy: text("used_by"),
  },
  (table) => [index("invitations_bot").on(table.botId, table.expiresAt)],
);

/** The groups in which a bot may be used. */
export const accessChats = sqliteTable(
  "access_chats",
  {
    botId: text("bot_id").notNull(),
    chatId: text("chat_id").notNull(),
    title: text(),
    admits: text().$type<ChatAdmission>().notNull().default("paired"),
    listensTo: text("listens_to").$type<ChatAttention>().notNull().default("addressed"),
    allowedBy: text("allowed_by").notNull(),
    createdAt: integer("created_at").notNull(),
    /** When the bot was removed from it; until it is back nobody is served there. */
    leftAt: integer("left_at"),
  },
  (table) => [primaryKey({ columns: [table.botId, table.chatId] })],
);

/** Groups that live on under another id: what still names the old one means the new one. */
export const chatMoves = sqliteTable(
  "chat_moves",
  {
    botId: text("bot_id").notNull(),
    fromChatId: text("from_chat_id").notNull(),
    toChatId: text("to_chat_id").notNull(),
    movedAt: integer("moved_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.botId, table.fromChatId] })],
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
