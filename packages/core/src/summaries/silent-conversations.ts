import type { OpenDatabase } from "@steward/schema/sqlite";
import { conversations, expenses, turns } from "@steward/schema/tables";
import { and, desc, eq, exists, gt, gte, lte, max, sql } from "drizzle-orm";
import { endedAt, isAnswered } from "./conversation-words.ts";

/** A conversation in which something was said since its last summary. */
export interface SilentConversation {
  id: string;
  chatRef: number;
  title: string | null;
  createdAt: number;
  /** When it fell silent (UTC ms). */
  lastActiveAt: number;
  /** The end of the last turn that its summary knows of (UTC ms); 0 = it has none. */
  summarisedThrough: number;
}

export interface SilentConversations {
  /** In which nothing was said after `silentSince`, and something since the last summary; the latest first. */
  due(silentSince: number): SilentConversation[];
  /** Its last turn that was answered; null when nothing is left of any. */
  lastAnswered(conversationId: string): { turnId: string; endedAt: number } | null;
  /** Up to when it is summarised (UTC ms); 0 = never. */
  summarisedThrough(conversationId: string): number;
}

/** Fewer exchanges are found again without a summary. */
export const LEAST_EXCHANGES = 5;

export const createSilentConversations = ({ db }: Pick<OpenDatabase, "db">): SilentConversations => {
  const marks = () =>
    db.$with("marks").as(
      db
        .select({ conversationId: expenses.conversationId, through: max(turns.finishedAt).as("through") })
        .from(expenses)
        .innerJoin(turns, eq(turns.id, expenses.turnId))
        .where(eq(expenses.kind, "summary"))
        .groupBy(expenses.conversationId),
    );

  return {
    due: (silentSince) => {
      const summarised = marks();
      const through = sql<number>`coalesce(${summarised.through}, 0)`;
      const isNew = db
        .select({ seq: turns.seq })
        .from(turns)
        .where(and(eq(turns.conversationId, conversations.id), gt(turns.finishedAt, through), isAnswered));
      return db
        .with(summarised)
        .select({
          id: conversations.id,
          chatRef: conversations.chatRef,
          title: conversations.title,
          createdAt: conversations.createdAt,
          lastActiveAt: conversations.lastActiveAt,
          summarisedThrough: through.mapWith(Number),
        })
        .from(conversations)
        .leftJoin(summarised, eq(summarised.conversationId, conversations.id))
        .where(
          and(
            gte(conversations.turnCount, LEAST_EXCHANGES),
            lte(conversations.lastActiveAt, silentSince),
            // The turns of those in which nothing has happened since need not be looked at.
            gt(conversations.lastActiveAt, through),
            exists(isNew),
          ),
        )
        .orderBy(desc(conversations.lastActiveAt), desc(conversations.id))
        .all();
    },
    lastAnswered: (conversationId) =>
      db
        .select({ turnId: turns.id, endedAt })
        .from(turns)
        .where(and(eq(turns.conversationId, conversationId), isAnswered))
        .orderBy(desc(turns.finishedAt), desc(turns.seq))
        .get() ?? null,
    summarisedThrough: (conversationId) =>
      db
        .select({ through: max(turns.finishedAt) })
        .from(expenses)
        .innerJoin(turns, eq(turns.id, expenses.turnId))
        .where(and(eq(expenses.kind, "summary"), eq(expenses.conversationId, conversationId)))
        .get()?.through ?? 0,
  };
};
