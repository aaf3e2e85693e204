import type { PlanState } from "@steward/schema/enums";
import type { Database, DatabaseOrTransaction } from "@steward/schema/sqlite";
import { chats, planReviews, turns } from "@steward/schema/tables";
import { and, desc, eq, gt, sql } from "drizzle-orm";

export interface PlanRepository {
  /** The answer of this turn is a plan. One that waited in the chat before gives way to it. */
  open(tx: DatabaseOrTransaction, plan: { turnId: string; chatRef: number; now: number }): void;
  /** The turn whose plan waits in a chat: in time, and of the conversation that goes on there; null when there is none. */
  pendingIn(chatRef: number, now: number): string | null;
  /** From `pending` alone: false when it was decided before. */
  decide(
    tx: DatabaseOrTransaction,
    turnId: string,
    decision: { state: Exclude<PlanState, "pending">; executionTurnId: string | null; now: number },
  ): boolean;
}

/** A plan of yesterday is a plan for another world. */
const PLAN_LIFE_MS = 86_400_000;

export const createPlanRepository = ({ db }: { db: Database }): PlanRepository => {
  // Asked with every message.
  const pending = db
    .select({ turnId: planReviews.turnId })
    .from(planReviews)
    .innerJoin(turns, eq(turns.id, planReviews.turnId))
    .innerJoin(chats, eq(chats.id, planReviews.chatRef))
    .where(
      and(
        eq(planReviews.chatRef, sql.placeholder("chatRef")),
        eq(planReviews.state, "pending"),
        gt(planReviews.expiresAt, sql.placeholder("now")),
        eq(turns.conversationId, chats.conversationId),
      ),
    )
    .orderBy(desc(planReviews.createdAt))
    .prepare();
  return {
    open: (tx, { turnId, chatRef, now }) => {
      tx.update(planReviews)
        .set({ state: "revised", decidedAt: now })
        .where(and(eq(planReviews.chatRef, chatRef), eq(planReviews.state, "pending")))
        .run();
      tx.insert(planReviews)
        .values({ turnId, chatRef, state: "pending", createdAt: now, expiresAt: now + PLAN_LIFE_MS })
        .run();
    },
    pendingIn: (chatRef, now) => pending.get({ chatRef, now })?.turnId ?? null,
    decide: (tx, turnId, { now, ...decision }) =>
      tx
        .update(planReviews)
        .set({ ...decision, decidedAt: now })
        .where(and(eq(planReviews.turnId, turnId), eq(planReviews.state, "pending")))
        .run().changes === 1,
  };
};
