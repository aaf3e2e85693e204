import type { InboxUpdate } from "@steward/contract/inbox";
import type { InboxState } from "@steward/schema/enums";
import type { Database } from "@steward/schema/sqlite";
import { bots, inbox } from "@steward/schema/tables";
import { and, asc, eq, gte, sql } from "drizzle-orm";

export type InboxRow = typeof inbox.$inferSelect;
export type NewInboxRow = Pick<InboxRow, "botId" | "state" | "detail" | "turnId" | "receivedAt"> & {
  update: InboxUpdate;
  /** What was not let in is counted, not kept. */
  keepsPayload: boolean;
};

export interface InboxRepository {
  /** The row of an update that was handed in before. */
  known(botId: string, updateId: number): InboxRow | undefined;
  /** Takes part in the open transaction, as `advanceCursor` does. */
  insert(row: NewInboxRow): InboxRow;
  /** Up to where the bot's updates are committed. */
  advanceCursor(botId: string, ackedThrough: number, now: number): void;
  /** What a turn was made of, in order; `since`: when its first message came in. */
  updatesOf(turnId: string, since: number): InboxUpdate[];
  find(inboxId: number): InboxRow | undefined;
  /** From `pending` alone; false when it had ended before. */
  settle(inboxId: number, state: InboxState, detail: string, now: number): boolean;
  pending(botId: string): { inboxId: number; update: InboxUpdate }[];
}

export const createInboxRepository = ({ db }: { db: Database }): InboxRepository => ({
  ...preparedIntake(db),
  updatesOf: (turnId, since) =>
    db
      .select({ payload: inbox.payload })
      .from(inbox)
      .where(and(gte(inbox.receivedAt, since), eq(inbox.turnId, turnId)))
      .orderBy(asc(inbox.id))
      .all()
      .flatMap(({ payload }) => (payload ? [JSON.parse(payload) as InboxUpdate] : [])),
  find: (inboxId) => db.select().from(inbox).where(eq(inbox.id, inboxId)).get(),
  settle: (inboxId, state, detail, now) =>
    db
      .update(inbox)
      .set({ state, detail, settledAt: now })
      .where(and(eq(inbox.id, inboxId), eq(inbox.state, "pending")))
      .run().changes === 1,
  pending: (botId) =>
    db
      .select()
      .from(inbox)
      .where(and(eq(inbox.botId, botId), eq(inbox.state, "pending")))
      .orderBy(asc(inbox.id))
      .all()
      .flatMap((row) =>
        row.payload ? [{ inboxId: row.id, update: JSON.parse(row.payload) as InboxUpdate }] : [],
      ),
});

/** What is done with every update that comes in: built once, because building a query takes longer than running it. */
const preparedIntake = (db: Database): Pick<InboxRepository, "known" | "insert" | "advanceCursor"> => {
  const value = sql.placeholder;
  const known = db
    .select()
    .from(inbox)
    .where(and(eq(inbox.botId, value("botId")), eq(inbox.updateId, value("updateId"))))
    .prepare();
  const insert = db
    .insert(inbox)
    .values({
      botId: value("botId"),
      updateId: value("updateId"),
      kind: value("kind"),
      state: value("state"),
      detail: value("detail"),
      turnId: value("turnId"),
      payload: value("payload"),
      receivedAt: value("receivedAt"),
      settledAt: value("settledAt"),
    })
    .returning()
    .prepare();
  const acked = { ackedThrough: sql`excluded.acked_through`, ackedAt: sql`excluded.acked_at` };
  const advanceCursor = db
    .insert(bots)
    .values({
      ...{ id: value("botId"), kind: "telegram", state: "unknown", stateAt: value("now") },
      ...{ ackedThrough: value("ackedThrough"), ackedAt: value("now"), createdAt: value("now") },
    })
    .onConflictDoUpdate({ target: bots.id, set: acked })
    .prepare();
  return {
    known: (botId, updateId) => known.get({ botId, updateId }),
    insert: ({ update, keepsPayload, ...row }) => {
      const { updateId, kind } = update;
      const payload = keepsPayload ? JSON.stringify(update) : null;
      const settledAt = row.state === "pending" ? null : row.receivedAt;
      return insert.get({ ...row, updateId, kind, payload, settledAt });
    },
    advanceCursor: (botId, ackedThrough, now) => void advanceCursor.run({ botId, ackedThrough, now }),
  };
};
