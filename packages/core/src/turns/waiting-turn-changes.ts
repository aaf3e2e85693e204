import type { Database, DatabaseOrTransaction } from "@steward/schema/sqlite";
import { turns } from "@steward/schema/tables";
import { and, eq, inArray, max, sql } from "drizzle-orm";
import type { TurnQueries } from "./turn-queries.ts";
import { type TurnRow, WAITING_STATES } from "./turn-record.ts";

/** What changes about a turn while it waits. False, and nothing is changed, when it does not any more. */
export interface WaitingTurnChanges {
  /** Takes further words in; it gathers on until `gatherUntil`, or waits whole. */
  extend(
    tx: DatabaseOrTransaction,
    turnId: string,
    words: Pick<TurnRow, "replyToMessageId" | "gatherUntil"> & { text: string },
  ): boolean;
  /** From `received` to `queued`, with what its files have made of it. False when it does not gather any more. */
  complete(tx: DatabaseOrTransaction, turnId: string, whole: Pick<TurnRow, "prompt" | "fileIds">): boolean;
  /** From `received` to `queued`. */
  endGathering(turnId: string): void;
  /** Other words for it. */
  rewrite(tx: DatabaseOrTransaction, turnId: string, prompt: string): boolean;
  /** Ahead of all turns that wait in its chat, and not put aside any more. */
  putFirst(tx: DatabaseOrTransaction, turnId: string): boolean;
  /** Above those of all turns of the chat that wait. */
  nextRank(chatRef: number): number;
  setTriage(turnId: string, decision: string): boolean;
  setParked(turnIds: readonly string[], parked: boolean): void;
}

export const createWaitingTurnChanges = ({
  db,
  find,
}: Pick<TurnQueries, "find"> & { db: Database }): WaitingTurnChanges => {
  const waits = (turnId: string) => and(eq(turns.id, turnId), inArray(turns.state, [...WAITING_STATES]));
  const gathers = (turnId: string) => and(eq(turns.id, turnId), eq(turns.state, "received"));
  const nextRank = (chatRef: number): number =>
    (db
      .select({ highest: max(turns.rank) })
      .from(turns)
      .where(and(eq(turns.chatRef, chatRef), inArray(turns.state, [...WAITING_STATES])))
      .get()?.highest ?? 0) + 1;

  return {
    extend: (tx, turnId, { text, replyToMessageId, gatherUntil }) =>
      tx
        .update(turns)
        .set({
          prompt: sql`${turns.prompt} || ${text}`,
          state: gatherUntil === null ? "queued" : "received",
          replyToMessageId,
          gatherUntil,
        })
        .where(waits(turnId))
        .run().changes === 1,
    complete: (tx, turnId, { prompt, fileIds }) =>
      tx
        .update(turns)
        .set({ prompt, fileIds, state: "queued", gatherUntil: null })
        .where(gathers(turnId))
        .run().changes === 1,
    endGathering: (turnId) => {
      db.update(turns).set({ state: "queued", gatherUntil: null }).where(gathers(turnId)).run();
    },
    rewrite: (tx, turnId, prompt) =>
      tx.update(turns).set({ prompt }).where(waits(turnId)).run().changes === 1,
    putFirst: (tx, turnId) => {
      const record = find(turnId);
      if (!record) return false;
      const first = { rank: nextRank(record.chatRef), parked: false };
      return tx.update(turns).set(first).where(waits(turnId)).run().changes === 1;
    },
    nextRank,
    setTriage: (turnId, triage) => db.update(turns).set({ triage }).where(waits(turnId)).run().changes === 1,
    setParked: (turnIds, parked) => {
      if (turnIds.length === 0) return;
      db.update(turns)
        .set({ parked })
        .where(inArray(turns.id, [...turnIds]))
        .run();
    },
  };
};
