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
  "id" | "botId" | "role" | "content" | "source" | "turnId" | "createdAt"
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
   * What an agent has said of its own accord belongs to no turn: what it was sent as is known by its words, its bot and its
   * time.
   */
  const scrubUnasked = (messages: readonly DoomedMessage[]): void => {
    const nameOf = (botId: string, at: number, words: string) => JSON.stringify([botId, at, words]);
    const unasked = messages.filter(({ turnId, source }) => turnId === null && source === "background");
    if (unasked.length === 0) return;
    const names = new Set(unasked.map((each) => nameOf(each.botId, each.createdAt, each.content)));
    const times = unasked.map(({ createdAt }) => createdAt);
    const sent = db
      .select({ seq: deliveries.seq, botId: chats.botId, at: deliveries.createdAt, text: deliveries.text })
      .from(deliveries)
      .innerJoin(chats, eq(chats.id, deliveries.chatRef))
      .where(
        and(isNull(deliveries.turnId), eq(deliveries.kind, "answer"), inArray(deliveries.createdAt, times)),
      )
      .all()
      .flatMap(({ seq, botId, at, text }) => (names.has(nameOf(botId, at, text)) ? [seq] : []));
    blankSettled(inArray(deliveries.seq, sent));
  };

  return (messages) => {
    const ofRole = (wanted: string): string[] =>
      messages.flatMap(({ role, turnId }) => (role === wanted && turnId !== null ? [turnId] : []));
    const [asked, answered] = [ofRole("user"), ofRole("assistant")];
    scrubQuestions(asked);
    scrubAnswers(answered);
    scrubWork([...new Set([...asked, ...answered])]);
    scrubUnasked(messages);
    const ids = messages.map(({ id }) => id);
    db.delete(chatMessages).where(inArray(chatMessages.id, ids)).run();
  };
};
