import type { Delivery } from "@steward/contract/deliveries";
import type { ChatAddress } from "@steward/contract/ids";
import type { DeliveryState } from "@steward/schema/enums";
import type { Database, DatabaseOrTransaction } from "@steward/schema/sqlite";
import { chats, deliveries, files, turns } from "@steward/schema/tables";
import { and, asc, desc, eq, inArray, ne, sql } from "drizzle-orm";
import { type FileRow, toSummary } from "../files/file-repository.ts";

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
  | "fileId"
  | "approvalId"
> & { actions: Delivery["actions"]; subject?: string | null };

export interface DeliveryRepository {
  insert(tx: DatabaseOrTransaction, delivery: NewDelivery): void;
  /** False when a delivery of this id was written before. */
  insertOnce(tx: DatabaseOrTransaction, delivery: NewDelivery): boolean;
  /** A notice to the chat of another delivery, about the same file. Takes part in the open transaction. */
  insertBeside(
    deliveryId: string,
    notice: { id: string; text: string; actions: Delivery["actions"]; now: number },
  ): void;
  find(id: string): Delivery | null;
  ofTurn(turnId: string): Delivery[];
  ofApproval(approvalId: string): Delivery | null;
  /** What a bot's people were asked about a subject and that still has its buttons. */
  about(botId: string, subject: string): Delivery[];
  /** Its messages are edited once more, into this text without buttons. */
  rewrite(tx: DatabaseOrTransaction, id: string, text: string, now: number): void;
  /** Not settled, oldest first. */
  open(botId: string): Delivery[];
  setPlaceholderIds(id: string, ids: (number | null)[]): void;
  /** From `pending` alone: whoever begins to send what must not be sent twice is the only one. */
  markSending(id: string): boolean;
  /** The latest delivery of a file of which nobody knows whether it arrived goes back to `pending`. Null: there is none. */
  reopen(fileId: string, now: number): string | null;
  /** False when it was settled before, or has been rewritten since `revision`. */
  settle(
    id: string,
    state: Exclude<DeliveryState, "pending" | "sending">,
    error: string | null,
    now: number,
    revision?: number,
  ): boolean;
  postpone(id: string, nextAt: number, error: string): boolean;
}

export const createDeliveryRepository = ({ db }: { db: Database }): DeliveryRepository => {
  const select = () =>
    db
      .select({
        row: deliveries,
        file: files,
        botId: chats.botId,
        chatId: chats.chatId,
        threadId: chats.threadId,
        turnStartedAt: turns.startedAt,
        turnMessageIds: sql<string>`(
          select json_group_array("m"."message_id") from "turn_messages" "m"
          where "m"."turn_id" = ${deliveries.turnId})`,
        shownBefore: sql<string | null>`(
          select "e"."placeholder_ids" from "deliveries" "e"
          where "e"."state" = 'delivered' and "e"."chat_ref" = ${deliveries.chatRef} and "e"."seq" < ${deliveries.seq}
          order by "e"."seq" desc limit 1)`,
      })
      .from(deliveries)
      .innerJoin(chats, eq(chats.id, deliveries.chatRef))
      .leftJoin(files, eq(files.id, deliveries.fileId))
      .leftJoin(turns, eq(turns.id, deliveries.turnId));
  type Joined = {
    row: typeof deliveries.$inferSelect;
    file: FileRow | null;
    turnStartedAt: number | null;
    turnMessageIds: string;
    shownBefore: string | null;
  } & ChatAddress;
  const lastShown = (ids: string | null): number | undefined => {
    const shown = (JSON.parse(ids ?? "[]") as (number | null)[]).filter((id) => id !== null);
    return shown.length === 0 ? undefined : Math.max(...shown);
  };
  const toDelivery = ({
    row,
    file,
    shownBefore,
    turnStartedAt,
    turnMessageIds,
    ...address
  }: Joined): Delivery => ({
    ...address,
    turnStartedAt,
    turnMessageIds: JSON.parse(turnMessageIds) as number[],
    shownUpTo: lastShown(shownBefore),
    id: row.id,
    turnId: row.turnId,
    kind: row.kind,
    state: row.state,
    text: row.text,
    file: file && toSummary(file),
    // Written by this program from the same list of actions.
    actions: row.actions as Delivery["actions"],
    approvalId: row.approvalId,
    subject: row.subject,
    revision: row.revision,
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
  const unsettled = inArray(deliveries.state, ["pending", "sending"]);
  const stillOpen = (id: string) => and(eq(deliveries.id, id), unsettled);

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
    insertBeside: (deliveryId, { id, text, actions, now }) => {
      const beside = db.select().from(deliveries).where(eq(deliveries.id, deliveryId)).get();
      if (!beside) throw new Error(`delivery ${deliveryId} does not exist`);
      const { chatRef, fileId, language } = beside;
      db.insert(deliveries)
        .values({
          ...{ id, text, actions, chatRef, fileId, language, turnId: null, replyToMessageId: null },
          ...{ kind: "notice", state: "pending", placeholderIds: [], nextAt: now, createdAt: now },
        })
        .run();
    },
    find,
    ofTurn: (turnId) => select().where(eq(deliveries.turnId, turnId)).all().map(toDelivery),
    ofApproval: (approvalId) => {
      const row = select().where(eq(deliveries.approvalId, approvalId)).get();
      return row ? toDelivery(row) : null;
    },
    about: (botId, subject) =>
      select()
        .where(and(eq(chats.botId, botId), eq(deliveries.subject, subject), ne(deliveries.actions, [])))
        .all()
        .map(toDelivery),
    rewrite: (tx, id, text, now) => {
      tx.update(deliveries)
        .set({
          text,
          actions: [],
          state: "pending",
          revision: sql`${deliveries.revision} + 1`,
          nextAt: now,
          settledAt: null,
          attempt: 0,
          lastError: null,
        })
        .where(eq(deliveries.id, id))
        .run();
    },
    open: (botId) =>
      select()
        .where(and(eq(chats.botId, botId), unsettled))
        .orderBy(asc(deliveries.seq))
        .all()
        .map(toDelivery),
    markSending: (id) =>
      db
        .update(deliveries)
        .set({ state: "sending" })
        .where(and(eq(deliveries.id, id), eq(deliveries.state, "pending")))
        .run().changes === 1,
    reopen: (fileId, now) => {
      const doubtful = db
        .select({ id: deliveries.id })
        .from(deliveries)
        .where(
          and(
            eq(deliveries.fileId, fileId),
            eq(deliveries.kind, "file"),
            eq(deliveries.state, "possibly_delivered"),
          ),
        )
        .orderBy(desc(deliveries.seq))
        .get();
      if (!doubtful) return null;
      db.update(deliveries)
        .set({ state: "pending", nextAt: now, settledAt: null })
        .where(eq(deliveries.id, doubtful.id))
        .run();
      return doubtful.id;
    },
    setPlaceholderIds: (id, ids) => {
      db.update(deliveries).set({ placeholderIds: ids }).where(eq(deliveries.id, id)).run();
    },
    settle: (id, state, error, now, revision) =>
      db
        .update(deliveries)
        .set({ state, lastError: error, settledAt: now })
        .where(and(stillOpen(id), revision === undefined ? undefined : eq(deliveries.revision, revision)))
        .run().changes === 1,
    postpone: (id, nextAt, error) => {
      const attempt = (find(id)?.attempt ?? 0) + 1;
      return (
        db
          .update(deliveries)
          .set({ state: "pending", nextAt, lastError: error, attempt })
          .where(stillOpen(id))
          .run().changes === 1
      );
    },
  };
};
