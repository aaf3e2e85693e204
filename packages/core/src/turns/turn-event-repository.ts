import { TERMINAL_TURN_STATES } from "@steward/schema/enums";
import type { Database, DatabaseOrTransaction } from "@steward/schema/sqlite";
import { turnEvents, turns } from "@steward/schema/tables";
import { and, asc, eq, gt, inArray, lt, max } from "drizzle-orm";

/** One committed chunk of a turn's log; `body` is a TurnEvent as JSON. */
export interface TurnEventRow {
  n: number;
  at: number;
  body: string;
}

export interface TurnEventRepository {
  insert(tx: DatabaseOrTransaction, turnId: string, rows: readonly TurnEventRow[]): void;
  after(turnId: string, afterN: number): TurnEventRow[];
  /** 0 before the first one. */
  lastNumber(turnId: string): number;
  /**
   * Drops the logs of some turns that ended before `before`: a slice of those that come after turn `cursor` ("" = from
   * the first). Answers where to go on, null at the end.
   */
  pruneSome(before: number, cursor: string): string | null;
}

/** Logs per slice: some hundred rows each are gone within milliseconds. */
const TURNS_PER_SLICE = 50;

export const createTurnEventRepository = ({ db }: { db: Database }): TurnEventRepository => ({
  insert: (tx, turnId, rows) => {
    if (rows.length === 0) return;
    tx.insert(turnEvents)
      .values(rows.map((row) => ({ turnId, ...row })))
      .run();
  },
  after: (turnId, afterN) =>
    db
      .select({ n: turnEvents.n, at: turnEvents.at, body: turnEvents.body })
      .from(turnEvents)
      .where(and(eq(turnEvents.turnId, turnId), gt(turnEvents.n, afterN)))
      .orderBy(asc(turnEvents.n))
      .all(),
  lastNumber: (turnId) =>
    db
      .select({ n: max(turnEvents.n) })
      .from(turnEvents)
      .where(eq(turnEvents.turnId, turnId))
      .get()?.n ?? 0,
  pruneSome: (before, cursor) => {
    // Only what has a log is looked at, oldest first: the ids of turns tell when they were accepted.
    const logged = db
      .selectDistinct({ turnId: turnEvents.turnId })
      .from(turnEvents)
      .where(and(gt(turnEvents.turnId, cursor), lt(turnEvents.turnId, firstIdOf(before))))
      .orderBy(asc(turnEvents.turnId))
      .limit(TURNS_PER_SLICE)
      .all()
      .map(({ turnId }) => turnId);
    const ended = db
      .select({ id: turns.id })
      .from(turns)
      .where(
        and(
          inArray(turns.id, logged),
          inArray(turns.state, [...TERMINAL_TURN_STATES]),
          lt(turns.finishedAt, before),
        ),
      )
      .all()
      .map(({ id }) => id);
    if (ended.length > 0) db.delete(turnEvents).where(inArray(turnEvents.turnId, ended)).run();
    return logged.length < TURNS_PER_SLICE ? null : (logged.at(-1) ?? null);
  },
});

/** How the id (UUIDv7) of a turn accepted at that time begins: 48 bits of UTC milliseconds. */
const firstIdOf = (at: number): string => {
  const hex = Math.max(0, Math.floor(at)).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
};
