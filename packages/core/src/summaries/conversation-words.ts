import type { Database } from "@steward/schema/sqlite";
import { turns } from "@steward/schema/tables";
import { and, desc, eq, gt, inArray, isNotNull, isNull, lte, ne, or, sql } from "drizzle-orm";
import type { People } from "../access/people.ts";
import { contactsOfPrompt } from "../recall/outside-contact.ts";
import type { Exchange } from "./summary-words.ts";

/** What there is to summarise, oldest first. */
export interface SaidInConversation {
  exchanges: Exchange[];
  /** Something in the conversation may come from somebody whom nobody has let in. */
  isOutside: boolean;
}

/** What was said in turns that ended after `after` and not after `through` (UTC ms): the newest two hundred. */
export type ConversationWords = (
  of: { conversationId: string; botId: string },
  after: number,
  through: number,
) => SaidInConversation;

/** More than any summary has room for. */
const MOST_EXCHANGES = 200;

/** A turn that was asked something and answered it, and of which that is still known. */
export const isAnswered = and(
  inArray(turns.state, ["result_saved", "delivering", "done"]),
  isNull(turns.errorCode),
  ne(turns.prompt, ""),
  ne(turns.resultText, ""),
);

/** Of turns that have ended. */
export const endedAt = sql<number>`${turns.finishedAt}`.mapWith(Number);

export const createConversationWords = ({
  db,
  access,
}: {
  db: Database;
  access: Pick<People, "roleOf">;
}): ConversationWords => {
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

  return ({ conversationId, botId }, after, through) => ({
    exchanges: db
      .select({
        asked: turns.prompt,
        answered: turns.resultText,
        at: turns.receivedAt,
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
  });
};
