import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { PlanState } from "../enums.ts";

/** Plans that an answer has put before a person, to be carried out once they say so. */
export const planReviews = sqliteTable(
  "plan_reviews",
  {
    /** The turn whose answer is the plan. */
    turnId: text("turn_id").primaryKey(),
    chatRef: integer("chat_ref").notNull(),
    state: text().$type<PlanState>().notNull(),
    /** The turn that carries it out. */
    executionTurnId: text("execution_turn_id"),
    createdAt: integer("created_at").notNull(),
    expiresAt: integer("expires_at").notNull(),
    decidedAt: integer("decided_at"),
  },
  (table) => [index("plan_reviews_chat").on(table.chatRef, table.state)],
);
