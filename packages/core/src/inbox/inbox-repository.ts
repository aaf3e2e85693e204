import type { InboxUpdate } from "@steward/contract/inbox";
import type { InboxState } from "@steward/schema/enums";
import type { Database, DatabaseOrTransaction } from "@steward/schema/sqlite";
import { bots, inbox } from "@steward/schema/tables";
import { and, asc, eq, gte } from "drizzle-orm";

export type InboxRow = typeof inbox.$inferSelect;
export type NewInboxRow = Pick<InboxRow, "botId" | "state" | "detail" | "turnId" | "receivedAt"> & {
  update: InboxUpdate;
  /** What was not let in is counted, not kept. */
  keepsPayload: boolean;
};

export interface InboxRepository {
  /** The row of an update that was handed in before. */
  known(tx: DatabaseOrTransaction, botId: string, updateId: number): InboxRow | undefined;
  insert(tx: DatabaseOrTransaction, row: NewInboxRow): InboxRow;
  /** Up to where the bot's updates are committed. */
  advanceCursor(tx: DatabaseOrTransaction, botId: string, ackedThrough: number, now: number): void;
  /** What a turn was made of, in order; `since`: when its first message came in. */
  updatesOf(turnId: string, since: number): InboxUpdate[];
  find(inboxId: number): InboxRow | undefined;
  /** From `pending` alone; false when it had ended before. */
  settle(inboxId: number, state: InboxState, detail: string, now: number): boolean;
  pending(botId: string): { inboxId: number; update: InboxUpdate }[];
}

export const createInboxRepository = ({ db }: { db: Database }): InboxRepository => ({
  known: (tx, botId, updateId) =>
    tx
      .select()
      .from(inbox)
      .where(and(eq(inbox.botId, botId), eq(inbox.updateId, updateId)))
      .get(),
  insert: (tx, { update, keepsPayload, ...row }) =>
    tx
      .insert(inbox)
      .values({
        ...row,
        updateId: update.updateId,
        kind: update.kind,
        payload: keepsPayload ? JSON.stringify(update) : null,
        settledAt: row.state === "pending" ? null : row.receivedAt,
      })
      .returning()
      .get(),
  advanceCursor: (tx, botId, ackedThrough, now) => {
    const fresh = { state: "unknown" as const, stateAt: now, createdAt: now, kind: "telegram" as const };
    tx.insert(bots)
      .values({ id: botId, ...fresh, ackedThrough, ackedAt: now })
      .onConflictDoUpdate({ target: bots.id, set: { ackedThrough, ackedAt: now } })
      .run();
  },
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
