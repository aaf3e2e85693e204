import { legacySessionId } from "@steward/contract/ids";
import type { Database } from "@steward/schema/sqlite";
import {
  approvals,
  chatMessages,
  chats,
  conversations,
  deliveries,
  inbox,
  turnEvents,
  turnMessages,
  turnRecalls,
  turns,
} from "@steward/schema/tables";
import { and, eq, inArray, isNotNull, isNull, ne } from "drizzle-orm";
import { titleOf } from "../chats/conversation-title.ts";

/** A message as far as it matters where else its words stand. */
export type DoomedMessage = Pick<
  typeof chatMessages.$inferSelect,
  "id" | "botId" | "sessionId" | "role" | "source" | "turnId" | "createdAt"
>;

/**
 * Takes messages out of everything that holds their words: the messages themselves, with what searches know of them (by the
 * triggers), and their turns with all that repeats what was asked and answered. That there was a turn, when, and what it
 * cost stays. Takes part in the open transaction; their turns have ended.
 */
export const createScrubWords = ({
  db,
}: {
  db: Database;
}): ((messages: readonly DoomedMessage[]) => void) => {
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

  const scrubQuestions = (turnIds: readonly string[]): void => {
    const asked = [...turnIds];
    dropTitles(asked);
    db.update(turns).set({ prompt: "" }).where(inArray(turns.id, asked)).run();
    db.update(turnMessages).set({ lateEdit: null }).where(inArray(turnMessages.turnId, asked)).run();
    db.update(inbox)
      .set({ payload: null })
      .where(and(inArray(inbox.turnId, asked), ne(inbox.state, "pending")))
      .run();
    db.delete(turnRecalls).where(inArray(turnRecalls.turnId, asked)).run();
  };

  const blankSettled = (which: ReturnType<typeof and>): void => {
    db.update(deliveries)
      .set({ text: "" })
      .where(and(which, isNotNull(deliveries.settledAt)))
      .run();
  };

  const scrubAnswers = (turnIds: readonly string[]): void => {
    const answered = [...turnIds];
    db.update(turns).set({ resultText: "", errorDetail: null }).where(inArray(turns.id, answered)).run();
    blankSettled(inArray(deliveries.turnId, answered));
  };

  /** The log, and what tools were called with, repeat both what was asked and what was answered. */
  const scrubWork = (turnIds: readonly string[]): void => {
    db.delete(turnEvents)
      .where(inArray(turnEvents.turnId, [...turnIds]))
      .run();
    const decided = and(inArray(approvals.turnId, [...turnIds]), ne(approvals.state, "pending"));
    const ids = db.select({ id: approvals.id }).from(approvals).where(decided);
    blankSettled(inArray(deliveries.approvalId, ids));
    db.delete(approvals).where(decided).run();
  };

  /**
   * What belongs to no turn: reports of an agent's own accord, and wishes about the memory with what they were answered. All of
   * it was written in the same moment, and that is how it is found again.
   */
  const scrubTurnless = (messages: readonly DoomedMessage[]): void => {
    const turnless = messages.filter(
      ({ turnId, source }) => turnId === null && (source === "background" || source === "telegram"),
    );
    if (turnless.length === 0) return;
    const momentOf = (botId: string, sessionId: string, at: number) => JSON.stringify([botId, sessionId, at]);
    const moments = new Set(turnless.map((each) => momentOf(each.botId, each.sessionId, each.createdAt)));
    const times = turnless.map(({ createdAt }) => createdAt);
    const sent = db
      .select({
        ...{ seq: deliveries.seq, at: deliveries.createdAt },
        ...{ botId: chats.botId, chatId: chats.chatId, threadId: chats.threadId },
      })
      .from(deliveries)
      .innerJoin(chats, eq(chats.id, deliveries.chatRef))
      .where(
        and(
          isNull(deliveries.turnId),
          inArray(deliveries.kind, ["answer", "notice"]),
          inArray(deliveries.createdAt, times),
        ),
      )
      .all()
      .flatMap(({ seq, at, ...address }) =>
        moments.has(momentOf(address.botId, legacySessionId(address), at)) ? [seq] : [],
      );
    blankSettled(inArray(deliveries.seq, sent));
    db.update(inbox)
      .set({ payload: null })
      .where(
        and(
          inArray(inbox.receivedAt, times),
          inArray(inbox.botId, [...new Set(turnless.map(({ botId }) => botId))]),
          inArray(inbox.detail, ["remembered", "forgotten"]),
        ),
      )
      .run();
  };

  return (messages) => {
    const ofRole = (wanted: string): string[] =>
      messages.flatMap(({ role, turnId }) => (role === wanted && turnId !== null ? [turnId] : []));
    const [asked, answered] = [ofRole("user"), ofRole("assistant")];
    scrubQuestions(asked);
    scrubAnswers(answered);
    scrubWork([...new Set([...asked, ...answered])]);
    scrubTurnless(messages);
    const ids = messages.map(({ id }) => id);
    db.delete(chatMessages).where(inArray(chatMessages.id, ids)).run();
  };
};
