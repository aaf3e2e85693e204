import type { Database, DatabaseOrTransaction } from "@steward/schema/sqlite";
import { chatMessages, turnMessages } from "@steward/schema/tables";
import { and, asc, desc, eq, sql } from "drizzle-orm";

export type TurnMessage = typeof turnMessages.$inferSelect;

/** Which message of a chat makes which part of which turn's prompt. */
export interface TurnMessageRepository {
  /** Takes part in the open transaction. */
  insert(part: Omit<TurnMessage, "lateEdit">): void;
  /** As a part of the latest turn that it went into. */
  find(chatRef: number, messageId: number): TurnMessage | null;
  /** In the order of their parts. */
  ofTurn(turnId: string): TurnMessage[];
  /** Its part has other words from now on; the parts after it move, and so does its row in the history. */
  resize(tx: DatabaseOrTransaction, part: TurnMessage, text: string): void;
  /** What its part would be by an edit that came too late; null: that was dealt with. */
  setLateEdit(tx: DatabaseOrTransaction, part: TurnMessage, text: string | null): void;
}

export const createTurnMessageRepository = ({ db }: { db: Database }): TurnMessageRepository => {
  const isPart = ({ turnId, messageId }: TurnMessage) =>
    and(eq(turnMessages.turnId, turnId), eq(turnMessages.messageId, messageId));
  const ofTurn = (turnId: string): TurnMessage[] =>
    db
      .select()
      .from(turnMessages)
      .where(eq(turnMessages.turnId, turnId))
      .orderBy(asc(turnMessages.startsAt), asc(turnMessages.messageId))
      .all();

  const value = sql.placeholder;
  const insert = db
    .insert(turnMessages)
    .values({
      turnId: value("turnId"),
      messageId: value("messageId"),
      chatRef: value("chatRef"),
      startsAt: value("startsAt"),
      length: value("length"),
      lateEdit: value("lateEdit"),
      historyId: value("historyId"),
    })
    .onConflictDoNothing()
    .prepare();

  return {
    insert: (part) => {
      insert.run({ lateEdit: null, ...part });
    },
    // Ids of turns are UUIDv7: the latest is the greatest.
    find: (chatRef, messageId) =>
      db
        .select()
        .from(turnMessages)
        .where(and(eq(turnMessages.chatRef, chatRef), eq(turnMessages.messageId, messageId)))
        .orderBy(desc(turnMessages.turnId))
        .limit(1)
        .get() ?? null,
    ofTurn,
    resize: (tx, part, text) => {
      const moved = text.length - part.length;
      for (const later of ofTurn(part.turnId)) {
        if (later.startsAt <= part.startsAt) continue;
        const startsAt = later.startsAt + moved;
        tx.update(turnMessages).set({ startsAt }).where(isPart(later)).run();
      }
      tx.update(turnMessages).set({ length: text.length }).where(isPart(part)).run();
      if (part.historyId === null) return;
      const row = db.select().from(chatMessages).where(eq(chatMessages.id, part.historyId)).get();
      // What stands below the words are the names of files.
      const content = text + (row?.content ?? "").slice(part.length);
      tx.update(chatMessages).set({ content }).where(eq(chatMessages.id, part.historyId)).run();
    },
    setLateEdit: (tx, part, lateEdit) => {
      tx.update(turnMessages).set({ lateEdit }).where(isPart(part)).run();
    },
  };
};
