import type { OpenDatabase } from "@steward/schema/sqlite";
import { conversations, expenses, turns } from "@steward/schema/tables";
import {
  and,
  desc,
  eq,
  exists,
  gt,
  gte,
  inArray,
  isNotNull,
  isNull,
  lte,
  max,
  ne,
  or,
  sql,
} from "drizzle-orm";
import type { People } from "../access/people.ts";
import { contactsOfPrompt } from "../recall/outside-contact.ts";
import type { Exchange } from "./summary-words.ts";

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

/** What there is to summarise. */
export interface ConversationWords {
  exchanges: (Exchange & { turnId: string; endedAt: number })[];
  /** Something in the conversation may come from somebody whom nobody has let in. */
  isOutside: boolean;
}

export interface SilentConversations {
  /** In which nothing was said after `silentSince`, and something since the last summary; the latest first. */
  due(silentSince: number): SilentConversation[];
  /** Of turns that ended after `after` and not after `through` (UTC ms), the newest two hundred, oldest first. */
  words(of: { conversationId: string; botId: string }, after: number, through: number): ConversationWords;
  /** Up to when it is summarised (UTC ms); 0 = never. */
  summarisedThrough(conversationId: string): number;
}

/** Fewer exchanges are found again without a summary. */
export const LEAST_EXCHANGES = 5;
/** More than any summary has room for. */
const MOST_EXCHANGES = 200;

const isAnswered = and(
  inArray(turns.state, ["result_saved", "delivering", "done"]),
  isNull(turns.errorCode),
  ne(turns.prompt, ""),
  ne(turns.resultText, ""),
);

export const createSilentConversations = ({
  database: { db },
  access,
}: {
  database: Pick<OpenDatabase, "db">;
  access: Pick<People, "roleOf">;
}): SilentConversations => {
  const ofConversation = (id: string) => eq(turns.conversationId, id);

  /**
   * Judged by all of it, not by what is new: the session has had everything before it since. Which tools a turn has used is
   * not kept for ever, and what a turn was asked may be deleted: both count as contact then.
   */
  const isOutside = (conversationId: string, botId: string, through: number): boolean => {
    const begun = and(
      ofConversation(conversationId),
      isNotNull(turns.startedAt),
      lte(turns.startedAt, through),
    );
    const { source, prompt, fileIds, userId } = turns;
    const isUnknown = or(eq(turns.startedTools, true), eq(turns.prompt, ""));
    if (db.select({ seq: turns.seq }).from(turns).where(and(begun, isUnknown)).get()) return true;
    return db
      .select({ source, prompt, fileIds, userId })
      .from(turns)
      .where(begun)
      .all()
      .some((turn) => {
        const role = turn.userId === null ? null : access.roleOf(botId, turn.userId);
        return contactsOfPrompt(turn, role).length > 0;
      });
  };

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
    words: ({ conversationId, botId }, after, through) => ({
      exchanges: db
        .select({
          turnId: turns.id,
          asked: turns.prompt,
          answered: turns.resultText,
          at: turns.receivedAt,
          endedAt: sql<number>`${turns.finishedAt}`.mapWith(Number),
        })
        .from(turns)
        .where(
          and(
            ofConversation(conversationId),
            gt(turns.finishedAt, after),
            lte(turns.finishedAt, through),
            isAnswered,
          ),
        )
        .orderBy(desc(turns.finishedAt), desc(turns.seq))
        .limit(MOST_EXCHANGES)
        .all()
        .reverse(),
      isOutside: isOutside(conversationId, botId, through),
    }),
    summarisedThrough: (conversationId) =>
      db
        .select({ through: max(turns.finishedAt) })
        .from(expenses)
        .innerJoin(turns, eq(turns.id, expenses.turnId))
        .where(and(eq(expenses.kind, "summary"), eq(expenses.conversationId, conversationId)))
        .get()?.through ?? 0,
  };
};
