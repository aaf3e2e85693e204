import { MEMORY_LIMITS } from "@steward/contract/memory-limits";
import { translate } from "@steward/contract/messages";
import type { OpenDatabase } from "@steward/schema/sqlite";
import {
  chatMessages,
  memoryChanges,
  memories as memoryRows,
  turnRecalls,
  turns,
} from "@steward/schema/tables";
import { and, desc, eq, inArray, isNotNull, lte } from "drizzle-orm";
import type { ChatRecord } from "../chats/chat-repository.ts";
import type { MemoryBooks } from "../memory/memory-books.ts";
import type { Memory, MemoryAuthor, MemoryService } from "../memory/memory-service.ts";
import type { SilentConversation, SilentConversations } from "./silent-conversations.ts";

/** The category of summaries. */
export const SUMMARY_CATEGORY = "summary";

/** The memories that summaries have become: at most one that holds and one that is proposed in its place. */
export interface SummaryMemories {
  /** What a new summary of the conversation goes on from; null: there is none (any more). */
  earlier(conversationId: string): string | null;
  /** Whether the bot has room for one more. */
  hasRoom(botId: string): boolean;
  /**
   * The summary in place of the conversation's earlier one. Takes part in the open transaction.
   *
   * @param about.turnId the last turn that it knows of
   * @param about.isOutside it may hold somebody else's words: a person has to accept it
   * @throws DomainError `memory_full`
   */
  keep(
    content: string,
    about: { chat: ChatRecord; conversation: SilentConversation; turnId: string; isOutside: boolean },
  ): Memory;
  /**
   * What was said in these turns is deleted: summaries that know of them go, with their history, as if they had never been.
   * What a person has written anew in one stays theirs. Takes part in the open transaction.
   */
  forget(turnIds: readonly string[]): void;
}

export const createSummaryMemories = (deps: {
  database: OpenDatabase;
  books: MemoryBooks;
  memories: Pick<MemoryService, "add" | "update">;
  conversations: Pick<SilentConversations, "summarisedThrough">;
}): SummaryMemories => {
  const { books, memories } = deps;
  const { db } = deps.database;

  /** All ids that summaries of the conversation ever had; the memory itself knows its turn, its history those before. */
  const idsOf = (conversationId: string): number[] => {
    const ofConversation = db
      .select({ id: turns.id })
      .from(turns)
      .where(eq(turns.conversationId, conversationId));
    const noted = db
      .select({ id: memoryChanges.memoryId })
      .from(memoryChanges)
      .where(and(eq(memoryChanges.origin, "summary"), inArray(memoryChanges.turnId, ofConversation)))
      .all();
    const standing = db
      .select({ id: memoryRows.id })
      .from(memoryRows)
      .where(and(eq(memoryRows.origin, "summary"), inArray(memoryRows.sourceTurnId, ofConversation)))
      .all();
    return [...new Set([...noted, ...standing].map(({ id }) => id))];
  };
  const standing = (conversationId: string) => {
    const found = idsOf(conversationId).flatMap((id) => books.rows.find(id) ?? []);
    return {
      accepted: found.find(({ state }) => state === "accepted"),
      proposed: found.find(({ state, origin }) => state === "proposed" && origin === "summary"),
    };
  };

  const authorOf = (turnId: string): MemoryAuthor => {
    const answer = db
      .select({ id: chatMessages.id })
      .from(chatMessages)
      .where(and(eq(chatMessages.turnId, turnId), eq(chatMessages.role, "assistant")))
      .orderBy(desc(chatMessages.id))
      .get();
    return { origin: "summary", userId: null, userName: null, turnId, messageId: answer?.id ?? null };
  };

  /** Free also of proposals: accepting one must not take another conversation's place. */
  const newKey = (chat: ChatRecord, { title, createdAt }: SilentConversation): string => {
    const day = new Date(createdAt).toISOString().slice(0, 10);
    const key = translate(chat.language, "memory.summary.key", { day, title: title ?? "" }).trim();
    const taken = new Set(
      books.rows.list({ of: ownerOf(chat), withExpired: true }, books.now()).map((memory) => memory.key),
    );
    const name = key.slice(0, MEMORY_LIMITS.key - 10);
    for (let number = 1; ; number++) {
      const numbered = number === 1 ? name : `${name} (${number})`;
      if (!taken.has(numbered)) return numbered;
    }
  };

  return {
    earlier: (conversationId) => {
      const { accepted, proposed } = standing(conversationId);
      return (proposed ?? accepted)?.content ?? null;
    },
    hasRoom: (botId) => books.rows.countOf(botId) < MEMORY_LIMITS.perBot,
    keep: (content, { chat, conversation, turnId, isOutside }) => {
      const author = authorOf(turnId);
      const { accepted, proposed } = standing(conversation.id);
      if (proposed) return memories.update(proposed.id, { content }, author);
      // What a person has written stays until they say otherwise.
      if (accepted?.origin === "summary" && !isOutside)
        return memories.update(accepted.id, { content }, author);
      const key = accepted?.key ?? newKey(chat, conversation);
      const state = accepted || isOutside ? "proposed" : "accepted";
      const owner = accepted ? { botId: accepted.botId, chatId: accepted.chatId } : ownerOf(chat);
      return memories.add({ ...owner, key, content, category: SUMMARY_CATEGORY, state }, author);
    },
    forget: (turnIds) => {
      const touched = db
        .selectDistinct({ conversationId: turns.conversationId })
        .from(turns)
        .where(and(inArray(turns.id, [...turnIds]), isNotNull(turns.conversationId)))
        .all()
        .flatMap(({ conversationId }) => conversationId ?? []);
      for (const conversationId of touched) {
        const known = db
          .select({ id: turns.id })
          .from(turns)
          .where(
            and(
              eq(turns.conversationId, conversationId),
              inArray(turns.id, [...turnIds]),
              lte(turns.finishedAt, deps.conversations.summarisedThrough(conversationId)),
            ),
          )
          .get();
        const ids = known ? idsOf(conversationId) : [];
        for (const id of ids) if (books.rows.find(id)?.origin === "summary") books.rows.remove(id);
        db.delete(memoryChanges).where(inArray(memoryChanges.memoryId, ids)).run();
        db.update(turnRecalls).set({ key: "", content: "" }).where(inArray(turnRecalls.memoryId, ids)).run();
      }
    },
  };
};

const ownerOf = ({ botId, chatId }: ChatRecord) => ({ botId, chatId });
