import { setImmediate } from "node:timers/promises";
import { TERMINAL_TURN_STATES } from "@steward/schema/enums";
import type { OpenDatabase } from "@steward/schema/sqlite";
import {
  chatMessages,
  conversations,
  deliveries,
  inbox,
  turnEvents,
  turnMessages,
  turns,
} from "@steward/schema/tables";
import { and, asc, eq, inArray, isNotNull, isNull, lt, ne, notInArray, or } from "drizzle-orm";
import { titleOf } from "../chats/conversation-title.ts";
import type { SessionKey } from "./message-repository.ts";

/** Deleted messages, and those that stay because their turn has not ended. */
export interface Deleted {
  deleted: number;
  kept: number;
}

export interface HistoryDeletion {
  /** Null when the session has no such message. */
  message(session: SessionKey, messageId: number): Deleted | null;
  /** In slices, between which others have their turn. @param before UTC ms; null = all of it */
  session(session: SessionKey, before: number | null): Promise<Deleted>;
}

/** Rows in one transaction: a few milliseconds. */
const SLICE = 200;

/**
 * Takes what was said out of everything that holds it: the message, what searches know of it (by the triggers), and its
 * words in the turn, the turn's log, its deliveries and the update that it came with. That there was a turn, when, and
 * what it cost stays. What has not ended is needed yet and stays whole.
 */
export const createHistoryDeletion = ({ database }: { database: OpenDatabase }): HistoryDeletion => {
  const { db } = database;

  const ended = or(isNull(turns.id), inArray(turns.state, [...TERMINAL_TURN_STATES]));
  const doomed = ({ botId, sessionId }: SessionKey, where: ReturnType<typeof and>) =>
    db
      .select({ id: chatMessages.id, role: chatMessages.role, turnId: chatMessages.turnId })
      .from(chatMessages)
      .leftJoin(turns, eq(turns.id, chatMessages.turnId))
      .where(and(eq(chatMessages.sessionId, sessionId), eq(chatMessages.botId, botId), ended, where));

  /** A conversation that is called after one of these questions is called after its next one. */
  const dropTitles = (turnIds: readonly string[]): void => {
    const asked = db
      .select({ conversationId: turns.conversationId, prompt: turns.prompt })
      .from(turns)
      .where(and(inArray(turns.id, [...turnIds]), isNotNull(turns.conversationId)))
      .all();
    for (const { conversationId, prompt } of asked) {
      const title = titleOf(prompt);
      if (conversationId === null || title === null) continue;
      db.update(conversations)
        .set({ title: null })
        .where(and(eq(conversations.id, conversationId), eq(conversations.title, title)))
        .run();
    }
  };

  const scrub = (rows: ReturnType<ReturnType<typeof doomed>["all"]>): void => {
    const ofRole = (wanted: string): string[] =>
      rows.flatMap(({ role, turnId }) => (role === wanted && turnId !== null ? [turnId] : []));
    const asked = ofRole("user");
    const answered = ofRole("assistant");
    const all = [...new Set([...asked, ...answered])];
    db.delete(chatMessages)
      .where(
        inArray(
          chatMessages.id,
          rows.map(({ id }) => id),
        ),
      )
      .run();
    dropTitles(asked);
    db.update(turns).set({ prompt: "" }).where(inArray(turns.id, asked)).run();
    db.update(turnMessages).set({ lateEdit: null }).where(inArray(turnMessages.turnId, asked)).run();
    db.update(inbox)
      .set({ payload: null })
      .where(and(inArray(inbox.turnId, asked), ne(inbox.state, "pending")))
      .run();
    db.update(turns).set({ resultText: "", errorDetail: null }).where(inArray(turns.id, answered)).run();
    // The log repeats both what was asked and what was answered.
    db.delete(turnEvents).where(inArray(turnEvents.turnId, all)).run();
    db.update(deliveries)
      .set({ text: "" })
      .where(and(inArray(deliveries.turnId, answered), isNotNull(deliveries.settledAt)))
      .run();
  };

  const countOpen = ({ botId, sessionId }: SessionKey, where: ReturnType<typeof and>): number =>
    db
      .select({ id: chatMessages.id })
      .from(chatMessages)
      .innerJoin(turns, eq(turns.id, chatMessages.turnId))
      .where(
        and(
          eq(chatMessages.sessionId, sessionId),
          eq(chatMessages.botId, botId),
          notInArray(turns.state, [...TERMINAL_TURN_STATES]),
          where,
        ),
      )
      .all().length;

  return {
    message: (session, messageId) =>
      database.write(() => {
        const only = eq(chatMessages.id, messageId);
        const rows = doomed(session, only).all();
        const kept = countOpen(session, only);
        if (rows.length + kept === 0) return null;
        scrub(rows);
        return { deleted: rows.length, kept };
      }),
    session: async (session, before) => {
      const older = before === null ? undefined : lt(chatMessages.createdAt, before);
      let deleted = 0;
      for (;;) {
        const count = database.write(() => {
          const rows = doomed(session, older)
            .orderBy(asc(chatMessages.createdAt), asc(chatMessages.id))
            .limit(SLICE)
            .all();
          if (rows.length > 0) scrub(rows);
          return rows.length;
        });
        deleted += count;
        if (count < SLICE) return { deleted, kept: countOpen(session, older) };
        await setImmediate();
      }
    },
  };
};
