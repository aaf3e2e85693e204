import type { Delivery } from "@steward/contract/deliveries";
import type { DeliveryState } from "@steward/schema/enums";
import type { Database, DatabaseOrTransaction } from "@steward/schema/sqlite";
import { chats, deliveries } from "@steward/schema/tables";
import { and, asc, eq } from "drizzle-orm";

export type NewDelivery = Pick<
  typeof deliveries.$inferInsert,
  | "id"
  | "chatRef"
  | "turnId"
  | "kind"
  | "text"
  | "language"
  | "replyToMessageId"
  | "placeholderIds"
  | "createdAt"
> & { actions: Delivery["actions"] };

export interface DeliveryRepository {
  insert(tx: DatabaseOrTransaction, delivery: NewDelivery): void;
  /** False when a delivery of this id was written before. */
  insertOnce(tx: DatabaseOrTransaction, delivery: NewDelivery): boolean;
  find(id: string): Delivery | null;
  ofTurn(turnId: string): Delivery[];
  /** Not settled, oldest first. */
  open(botId: string): Delivery[];
  setPlaceholderIds(id: string, ids: (number | null)[]): void;
  /** Only from `pending`; false when it was settled before. */
  settle(
    id: string,
    state: Exclude<DeliveryState, "pending" | "sending">,
    error: string | null,
    now: number,
  ): boolean;
  postpone(id: string, nextAt: number, error: string): boolean;
}

export const createDeliveryRepository = ({ db }: { db: Database }): DeliveryRepository => {
  const select = () =>
    db
      .select({ row: deliveries, botId: chats.botId, chatId: chats.chatId, threadId: chats.threadId })
      .from(deliveries)
      .innerJoin(chats, eq(chats.id, deliveries.chatRef));
  type Joined = { row: typeof deliveries.$inferSelect; botId: string; chatId: string; threadId: string };
  const toDelivery = ({ row, ...address }: Joined): Delivery => ({
    ...address,
    id: row.id,
    turnId: row.turnId,
    kind: row.kind,
    state: row.state,
    text: row.text,
    // Written by this program from the same list of actions.
    actions: row.actions as Delivery["actions"],
    language: row.language,
    replyToMessageId: row.replyToMessageId,
    placeholderIds: row.placeholderIds,
    attempt: row.attempt,
    nextAt: row.nextAt,
    createdAt: row.createdAt,
    lastError: row.lastError,
  });
  const find = (id: string): Delivery | null => {
    const row = select().where(eq(deliveries.id, id)).get();
    return row ? toDelivery(row) : null;
  };
  const pending = (id: string) => and(eq(deliveries.id, id), eq(deliveries.state, "pending"));

  return {
    insert: (tx, delivery) => {
      tx.insert(deliveries)
        .values({ ...delivery, state: "pending", nextAt: delivery.createdAt })
        .run();
    },
    insertOnce: (tx, delivery) =>
      tx
        .insert(deliveries)
        .values({ ...delivery, state: "pending", nextAt: delivery.createdAt })
        .onConflictDoNothing({ target: deliveries.id })
        .run().changes === 1,
    find,
    ofTurn: (turnId) => select().where(eq(deliveries.turnId, turnId)).all().map(toDelivery),
    open: (botId) =>
      select()
        .where(and(eq(chats.botId, botId), eq(deliveries.state, "pending")))
        .orderBy(asc(deliveries.seq))
        .all()
        .map(toDelivery),
    setPlaceholderIds: (id, ids) => {
      db.update(deliveries).set({ placeholderIds: ids }).where(eq(deliveries.id, id)).run();
    },
    settle: (id, state, error, now) =>
      db.update(deliveries).set({ state, lastError: error, settledAt: now }).where(pending(id)).run()
        .changes === 1,
    postpone: (id, nextAt, error) => {
      const attempt = (find(id)?.attempt ?? 0) + 1;
      return (
        db.update(deliveries).set({ nextAt, lastError: error, attempt }).where(pending(id)).run().changes ===
        1
      );
    },
  };
};
