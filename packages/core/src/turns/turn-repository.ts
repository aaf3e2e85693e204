import type { Database } from "@steward/schema/sqlite";
import { turns } from "@steward/schema/tables";
import { sql } from "drizzle-orm";
import { createTurnProgress, type TurnProgress } from "./turn-progress.ts";
import { createTurnQueries, type TurnQueries } from "./turn-queries.ts";
import type { TurnRow } from "./turn-record.ts";
import { createWaitingTurnChanges, type WaitingTurnChanges } from "./waiting-turn-changes.ts";

export type NewTurn = Pick<
  TurnRow,
  | "id"
  | "chatRef"
  | "source"
  | "language"
  | "state"
  | "deliver"
  | "prompt"
  | "userId"
  | "userName"
  | "replyToMessageId"
  | "receivedAt"
  | "fileIds"
  | "gatherUntil"
  | "rank"
>;

export interface TurnRepository extends TurnQueries, WaitingTurnChanges, TurnProgress {
  insert(turn: NewTurn): void;
}

export const createTurnRepository = ({ db }: { db: Database }): TurnRepository => {
  const queries = createTurnQueries({ db });
  const { find } = queries;
  // Prepared once: building it costs more than running it.
  const insertTurn = db
    .insert(turns)
    .values({
      id: sql.placeholder("id"),
      chatRef: sql.placeholder("chatRef"),
      source: sql.placeholder("source"),
      language: sql.placeholder("language"),
      state: sql.placeholder("state"),
      deliver: sql.placeholder("deliver"),
      prompt: sql.placeholder("prompt"),
      userId: sql.placeholder("userId"),
      userName: sql.placeholder("userName"),
      replyToMessageId: sql.placeholder("replyToMessageId"),
      receivedAt: sql.placeholder("receivedAt"),
      fileIds: sql.placeholder("fileIds"),
      gatherUntil: sql.placeholder("gatherUntil"),
      rank: sql.placeholder("rank"),
    })
    .prepare();
  return {
    ...queries,
    ...createWaitingTurnChanges({ db, find }),
    ...createTurnProgress({ db, find }),
    insert: (turn) => {
      insertTurn.run({ ...turn });
    },
  };
};
