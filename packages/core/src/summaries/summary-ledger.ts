import type { TurnUsage } from "@steward/contract/turn-events";
import type { Clock } from "@steward/platform/clock";
import type { OpenDatabase } from "@steward/schema/sqlite";
import { conversations, expenses } from "@steward/schema/tables";
import { and, count, eq, max, notExists, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import type { SilentConversation } from "./silent-conversations.ts";

/**
 * Which conversations were asked about, up to which turn, and what each asking has cost: one row among the expenses for each
 * asking, written before it. A row of the kind `summary` says that the conversation is summarised up to its turn; it outlives
 * the memory that came of it, so that what a person forgets is not summarised anew.
 */
export interface SummaryLedger {
  /** May it be asked about now? Not for ever, when nothing comes of it, and not again at once. */
  mayTry(conversationId: string, turnId: string): boolean;
  /** Before the question goes out. @returns the row's id */
  begin(conversation: Pick<SilentConversation, "id" | "chatRef">, turnId: string): number;
  /** It was no attempt: what stood in the way is everybody's, and it cost nothing. */
  withdraw(rowId: number): void;
  /** Takes part in the open transaction. */
  book(rowId: number, spent: { conversationId: string; model: string | null; usage: TurnUsage }): void;
  /** Takes part in the open transaction. False: the conversation is summarised up to this turn already. */
  finish(rowId: number): boolean;
}

/** Whoever cannot be answered three times is not asked about again before something new is said. */
export const MOST_ATTEMPTS = 3;
/** What was in the way has had time to pass. */
const RETRY_AFTER_MS = 3_600_000;

export const createSummaryLedger = ({
  database,
  clock,
}: {
  database: Pick<OpenDatabase, "db" | "write">;
  clock: Pick<Clock, "now">;
}): SummaryLedger => {
  const { db } = database;
  const other = alias(expenses, "other");
  const isOpen = (rowId: number) => and(eq(expenses.id, rowId), eq(expenses.kind, "summary_attempt"));
  return {
    mayTry: (conversationId, turnId) => {
      const tried = db
        .select({ times: count(), lastAt: max(expenses.at) })
        .from(expenses)
        .where(
          and(
            eq(expenses.kind, "summary_attempt"),
            eq(expenses.conversationId, conversationId),
            eq(expenses.turnId, turnId),
          ),
        )
        .get();
      if (!tried || tried.lastAt === null) return true;
      return tried.times < MOST_ATTEMPTS && clock.now() - tried.lastAt >= RETRY_AFTER_MS;
    },
    begin: ({ id, chatRef }, turnId) =>
      database.write(
        (tx) =>
          tx
            .insert(expenses)
            .values({
              ...{ chatRef, conversationId: id, turnId, kind: "summary_attempt" as const },
              ...{ model: null, costMicroUsd: 0, at: clock.now() },
            })
            .returning({ id: expenses.id })
            .get().id,
      ),
    withdraw: (rowId) => {
      db.delete(expenses).where(isOpen(rowId)).run();
    },
    book: (rowId, { conversationId, model, usage: { costUsd, ...tokens } }) => {
      const costMicroUsd = Math.round(costUsd * 1_000_000);
      db.update(expenses)
        .set({ ...tokens, model, costMicroUsd })
        .where(isOpen(rowId))
        .run();
      db.update(conversations)
        .set({ costMicroUsd: sql`${conversations.costMicroUsd} + ${costMicroUsd}` })
        .where(eq(conversations.id, conversationId))
        .run();
    },
    finish: (rowId) => {
      const same = and(
        eq(other.conversationId, expenses.conversationId),
        eq(other.turnId, expenses.turnId),
        eq(other.kind, "summary"),
      );
      const isFirst = notExists(db.select({ id: other.id }).from(other).where(same));
      const done = db
        .update(expenses)
        .set({ kind: "summary" })
        .where(and(isOpen(rowId), isFirst));
      return done.run().changes === 1;
    },
  };
};
