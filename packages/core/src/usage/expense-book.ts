import type { TurnUsage } from "@steward/contract/turn-events";
import type { Clock } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import type { ExpenseKind } from "@steward/schema/enums";
import type { OpenDatabase } from "@steward/schema/sqlite";
import { conversations, expenses } from "@steward/schema/tables";
import { eq, sql } from "drizzle-orm";
import type { StorageWatch } from "../storage/storage-watch.ts";

/** Money that no turn's result accounts for. */
export interface Expense {
  chatRef: number;
  /** Whose cost it adds to; null = no conversation's. */
  conversationId: string | null;
  /** The turn that it began with; null = not known. */
  turnId: string | null;
  kind: ExpenseKind;
  model: string | null;
  usage: TurnUsage;
}

export interface ExpenseBook {
  /** Counts for the present day. Nothing is written for what has cost nothing; what cannot be written now is later. */
  book(expense: Expense): void;
}

export const createExpenseBook = (deps: {
  database: OpenDatabase;
  storage: Pick<StorageWatch, "writeOrOwe">;
  clock: Pick<Clock, "now">;
  log: Logger;
}): ExpenseBook => ({
  book: ({ usage: { costUsd, ...tokens }, ...expense }) => {
    const costMicroUsd = Math.round(costUsd * 1_000_000);
    if (costMicroUsd === 0) return;
    const row = { ...expense, ...tokens, costMicroUsd, at: deps.clock.now() };
    deps.log.info({ chatRef: row.chatRef, turnId: row.turnId, kind: row.kind, costUsd }, "expense booked");
    deps.storage.writeOrOwe("expense", () =>
      deps.database.write((tx) => {
        tx.insert(expenses).values(row).run();
        if (row.conversationId === null) return;
        tx.update(conversations)
          .set({ costMicroUsd: sql`${conversations.costMicroUsd} + ${costMicroUsd}` })
          .where(eq(conversations.id, row.conversationId))
          .run();
      }),
    );
  },
});
