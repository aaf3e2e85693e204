import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { ApprovalKind, ApprovalState } from "../enums.ts";
import { chats } from "./chats.ts";

/** A question of the CLI's that waits for a person. Bound to its turn, its user and exactly these arguments. */
export const approvals = sqliteTable(
  "approvals",
  {
    id: text().primaryKey(),
    turnId: text("turn_id").notNull(),
    chatRef: integer("chat_ref")
      .notNull()
      .references(() => chats.id),
    /** Who asked for the turn, and so may answer; null = whoever holds the token. */
    userId: text("user_id"),
    kind: text().$type<ApprovalKind>().notNull(),
    state: text().$type<ApprovalState>().notNull(),
    toolUseId: text("tool_use_id").notNull(),
    toolName: text("tool_name").notNull(),
    /** The tool's input as JSON. */
    input: text().notNull(),
    /** SHA-256 of name and input: what was shown is what is allowed. */
    inputHash: text("input_hash").notNull(),
    description: text(),
    reason: text(),
    /** The rule that "for this session" adds, as the CLI suggested it (JSON); null when it suggested none. */
    suggestion: text(),
    /** What was answered, as JSON. */
    answer: text(),
    decidedBy: text("decided_by"),
    createdAt: integer("created_at").notNull(),
    expiresAt: integer("expires_at").notNull(),
    decidedAt: integer("decided_at"),
  },
  (table) => [
    index("approvals_state").on(table.state, table.chatRef),
    index("approvals_turn").on(table.turnId),
  ],
);
