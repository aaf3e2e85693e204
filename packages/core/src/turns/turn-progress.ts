import type { TurnUsage } from "@steward/contract/turn-events";
import type { TurnState } from "@steward/schema/enums";
import type { Database, DatabaseOrTransaction } from "@steward/schema/sqlite";
import { turns } from "@steward/schema/tables";
import { and, eq, inArray, isNull, or, sql } from "drizzle-orm";
import type { TurnQueries } from "./turn-queries.ts";
import { WAITING_STATES } from "./turn-record.ts";

/** The steps of a turn from its start to its delivery. Each is taken once, and only from the state before it. */
export interface TurnProgress {
  /** running: takes the turn for this boot. False when it is not waiting any more. */
  start(turnId: string, values: { bootId: string; conversationId: string; now: number }): boolean;
  /**
   * Committed before the tool may run, with what the turn has cost so far. False when the turn is not ours any more.
   */
  markTool(turnId: string, fence: number, costMicroUsd: number): boolean;
  requeue(turnId: string, fence: number, costMicroUsd: number): boolean;
  /** Undoes `start`: the attempt does not count. Not for a turn that has started a tool. */
  putBack(turnId: string, fence: number, costMicroUsd: number): boolean;
  /** Writes an outcome once: only from `from`, and for running turns only by the holder of the fence. */
  settle(
    tx: DatabaseOrTransaction,
    turnId: string,
    guard: { from: readonly TurnState[]; fence?: number },
    values: {
      state: TurnState;
      resultText: string;
      errorCode: string | null;
      errorDetail: string | null;
      model: string | null;
      /** Null: not known. */
      tokens: Omit<TurnUsage, "costUsd"> | null;
      costUsd: number | null;
      now: number;
    },
  ): boolean;
  /** Moves a settled turn on: to `delivering` when a front end has it, to `done` when it is out. */
  advance(turnId: string, from: readonly TurnState[], to: TurnState): boolean;
  /** The message that counts: this one when there was none or it `replaces` that; null = there is no such turn. */
  setPlaceholder(turnId: string, messageId: number, replaces: number | null): number | null;
}

export const createTurnProgress = ({
  db,
  find,
}: Pick<TurnQueries, "find"> & { db: Database }): TurnProgress => {
  // Prepared once: it runs in every turn, before the prompt goes out.
  const startTurn = db
    .update(turns)
    .set({
      state: "running",
      bootId: sql`${sql.placeholder("bootId")}`,
      conversationId: sql`${sql.placeholder("conversationId")}`,
      fence: sql`${turns.fence} + 1`,
      attempt: sql`${turns.attempt} + 1`,
      startedAt: sql`${sql.placeholder("now")}`,
    })
    .where(and(eq(turns.id, sql.placeholder("id")), inArray(turns.state, [...WAITING_STATES])))
    .prepare();
  const isOurs = (turnId: string, fence: number) =>
    and(eq(turns.id, turnId), eq(turns.state, "running"), eq(turns.fence, fence));

  return {
    start: (turnId, values) => startTurn.run({ id: turnId, ...values }).changes === 1,
    markTool: (turnId, fence, costMicroUsd) =>
      db
        .update(turns)
        .set({ startedTools: true, toolCount: sql`${turns.toolCount} + 1`, ...spent(costMicroUsd) })
        .where(isOurs(turnId, fence))
        .run().changes === 1,
    requeue: (turnId, fence, costMicroUsd) =>
      db
        .update(turns)
        .set({ state: "queued", bootId: null, startedAt: null, ...spent(costMicroUsd) })
        .where(isOurs(turnId, fence))
        .run().changes === 1,
    putBack: (turnId, fence, costMicroUsd) =>
      db
        .update(turns)
        .set({
          state: "queued",
          bootId: null,
          startedAt: null,
          attempt: sql`${turns.attempt} - 1`,
          ...spent(costMicroUsd),
        })
        .where(and(isOurs(turnId, fence), eq(turns.startedTools, false)))
        .run().changes === 1,
    settle: (tx, turnId, guard, values) =>
      tx
        .update(turns)
        .set({
          state: values.state,
          parked: false,
          resultText: values.resultText,
          errorCode: values.errorCode,
          errorDetail: values.errorDetail,
          model: values.model,
          inputTokens: values.tokens?.inputTokens ?? null,
          outputTokens: values.tokens?.outputTokens ?? null,
          cacheReadTokens: values.tokens?.cacheReadTokens ?? null,
          cacheCreationTokens: values.tokens?.cacheCreationTokens ?? null,
          costMicroUsd: values.costUsd === null ? null : Math.round(values.costUsd * 1_000_000),
          finishedAt: values.now,
        })
        .where(
          and(
            eq(turns.id, turnId),
            inArray(turns.state, [...guard.from]),
            guard.fence === undefined ? undefined : eq(turns.fence, guard.fence),
          ),
        )
        .run().changes === 1,
    advance: (turnId, from, to) =>
      db
        .update(turns)
        .set({ state: to })
        .where(and(eq(turns.id, turnId), inArray(turns.state, [...from])))
        .run().changes === 1,
    setPlaceholder: (turnId, messageId, replaces) => {
      db.update(turns)
        .set({ placeholderMessageId: messageId })
        .where(
          and(
            eq(turns.id, turnId),
            or(isNull(turns.placeholderMessageId), eq(turns.placeholderMessageId, replaces ?? -1)),
          ),
        )
        .run();
      return find(turnId)?.placeholderMessageId ?? null;
    },
  };
};

/** A row that has cost nothing says nothing of it. */
const spent = (costMicroUsd: number): { costMicroUsd?: number } => (costMicroUsd > 0 ? { costMicroUsd } : {});
