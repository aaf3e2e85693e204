import { setImmediate } from "node:timers/promises";
import { TERMINAL_TURN_STATES } from "@steward/schema/enums";
import type { OpenDatabase } from "@steward/schema/sqlite";
import { chatMessages, turns } from "@steward/schema/tables";
import { and, asc, eq, inArray, isNull, lt, notInArray, or } from "drizzle-orm";
import type { EventHub } from "../events/event-hub.ts";
import type { SessionKey } from "./message-repository.ts";
import { createScrubWords, type DoomedMessage } from "./scrub-words.ts";

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

/** What has not ended is needed yet, and stays whole. */
export const createHistoryDeletion = ({
  database,
  hub,
  forgetSummaries,
}: {
  database: OpenDatabase;
  hub: Pick<EventHub, "publish">;
  /** What was made of these turns says nothing of them any more. Takes part in the open transaction. */
  forgetSummaries: (turnIds: readonly string[]) => void;
}): HistoryDeletion => {
  const { db } = database;
  const scrubWords = createScrubWords(database);
  const scrub = (messages: readonly DoomedMessage[]): void => {
    forgetSummaries([...new Set(messages.flatMap(({ turnId }) => turnId ?? []))]);
    scrubWords(messages);
    hub.publish("history_changed", { chat: null });
  };

  const ended = or(isNull(turns.id), inArray(turns.state, [...TERMINAL_TURN_STATES]));
  const doomed = ({ botId, sessionId }: SessionKey, where: ReturnType<typeof and>) =>
    db
      .select({
        id: chatMessages.id,
        botId: chatMessages.botId,
        role: chatMessages.role,
        sessionId: chatMessages.sessionId,
        source: chatMessages.source,
        turnId: chatMessages.turnId,
        createdAt: chatMessages.createdAt,
      })
      .from(chatMessages)
      .leftJoin(turns, eq(turns.id, chatMessages.turnId))
      .where(and(eq(chatMessages.sessionId, sessionId), eq(chatMessages.botId, botId), ended, where));

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
