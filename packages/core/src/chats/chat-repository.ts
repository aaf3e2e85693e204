import type { ChatAddress } from "@steward/contract/ids";
import type { Language } from "@steward/schema/enums";
import type { Database, DatabaseOrTransaction } from "@steward/schema/sqlite";
import { chats, conversations } from "@steward/schema/tables";
import { and, desc, eq, gt, isNotNull, or, sql } from "drizzle-orm";

export type ChatRecord = typeof chats.$inferSelect;
export type ConversationRecord = typeof conversations.$inferSelect;

export interface ChatRepository {
  find(address: ChatAddress): ChatRecord | null;
  byRef(chatRef: number): ChatRecord;
  all(): ChatRecord[];
  /** Every chat with its current conversation, which is null before the first turn. */
  allWithCurrent(): { chat: ChatRecord; conversation: ConversationRecord | null }[];
  /** The worktrees of all conversations there are, gone or not. */
  worktrees(): string[];
  /** The chat's row, made when it is new. A known language is kept up to date. Takes part in the open transaction. */
  ensure(address: ChatAddress, language: Language, now: number): ChatRecord;
  setLastStop(chatRef: number, at: number): void;
  conversation(id: string): ConversationRecord | null;
  /** The chat's current conversation, or null before the first turn. */
  current(chatRef: number): ConversationRecord | null;
  /** Makes a conversation and the chat's current one. */
  startConversation(input: {
    id: string;
    chatRef: number;
    cliSessionId: string;
    cwd: string;
    projectId: string | null;
    worktree: string | null;
    /** Kept as the chat's choice for its next conversations, too. */
    choice?: { projectId: string | null; usesWorktree: boolean };
    now: number;
  }): ConversationRecord;
  /** The latest first. Those in which nothing was said yet are left out, unless current. */
  conversations(chatRef: number, limit: number): ConversationRecord[];
  setCurrent(chatRef: number, conversationId: string): void;
  rename(conversationId: string, title: string): ConversationRecord;
  markTranscript(conversationId: string, exists: boolean): void;
  /** The conversation goes on under a new CLI session, which knows what was said before `now` only as a quotation. */
  renewCliSession(conversationId: string, cliSessionId: string, now: number): void;
  /** Its CLI session is not to be trusted; null: it is again. */
  setQuarantine(conversationId: string, quarantine: { reason: string; at: number } | null): void;
  /** After a turn: counts it, adds its cost, keeps the first prompt as the title. */
  recordTurn(
    tx: DatabaseOrTransaction,
    conversationId: string,
    turn: { title: string | null; costMicroUsd: number; now: number },
  ): void;
  setModel(conversationId: string, model: string): void;
}

export const addressOf = (chat: ChatAddress): ChatAddress => ({
  botId: chat.botId,
  chatId: chat.chatId,
  threadId: chat.threadId,
});

/** Where its workspace lies: under the address that it had when that was made. */
export const workspaceOf = (chat: ChatAddress & Pick<ChatRecord, "workspaceChatId">): ChatAddress => ({
  ...addressOf(chat),
  chatId: chat.workspaceChatId ?? chat.chatId,
});

export const createChatRepository = ({ db }: { db: Database }): ChatRepository => {
  // Prepared once: asked several times in every turn.
  const byAddress = db
    .select()
    .from(chats)
    .where(
      and(
        eq(chats.botId, sql.placeholder("botId")),
        eq(chats.chatId, sql.placeholder("chatId")),
        eq(chats.threadId, sql.placeholder("threadId")),
      ),
    )
    .prepare();
  const byId = db
    .select()
    .from(chats)
    .where(eq(chats.id, sql.placeholder("id")))
    .prepare();
  const { placeholder } = sql;
  const insertOrSpeak = db
    .insert(chats)
    .values({
      botId: placeholder("botId"),
      chatId: placeholder("chatId"),
      threadId: placeholder("threadId"),
      language: placeholder("language"),
      createdAt: placeholder("now"),
    })
    .onConflictDoUpdate({
      target: [chats.botId, chats.chatId, chats.threadId],
      set: { language: sql`excluded.language` },
    })
    .returning()
    .prepare();
  const find = (address: ChatAddress): ChatRecord | null => byAddress.get({ ...address }) ?? null;
  const conversation = (id: string) =>
    db.select().from(conversations).where(eq(conversations.id, id)).get() ?? null;

  return {
    find,
    byRef: (chatRef) => {
      const row = byId.get({ id: chatRef });
      if (!row) throw new Error(`chat ${chatRef} does not exist`);
      return row;
    },
    all: () => db.select().from(chats).all(),
    allWithCurrent: () =>
      db
        .select({ chat: chats, conversation: conversations })
        .from(chats)
        .leftJoin(conversations, eq(conversations.id, chats.conversationId))
        .all(),
    worktrees: () =>
      db
        .select({ path: conversations.worktree })
        .from(conversations)
        .where(isNotNull(conversations.worktree))
        .all()
        .flatMap(({ path }) => path ?? []),
    ensure: (address, language, now) => {
      const known = find(address);
      if (known?.language === language) return known;
      return insertOrSpeak.get({ ...addressOf(address), language, now });
    },
    setLastStop: (chatRef, at) => {
      db.update(chats).set({ lastStopAt: at }).where(eq(chats.id, chatRef)).run();
    },
    conversation,
    current: (chatRef) => {
      const chat = byId.get({ id: chatRef });
      return chat?.conversationId ? conversation(chat.conversationId) : null;
    },
    startConversation: ({ choice, now, ...values }) =>
      db.transaction(
        (tx) => {
          const row = tx
            .insert(conversations)
            .values({ ...values, createdAt: now, lastActiveAt: now })
            .returning()
            .get();
          tx.update(chats)
            .set({ conversationId: values.id, ...choice })
            .where(eq(chats.id, values.chatRef))
            .run();
          return row;
        },
        { behavior: "immediate" },
      ),
    conversations: (chatRef, limit) => {
      const isCurrent = eq(conversations.id, sql`(select conversation_id from chats where id = ${chatRef})`);
      return db
        .select()
        .from(conversations)
        .where(and(eq(conversations.chatRef, chatRef), or(gt(conversations.turnCount, 0), isCurrent)))
        .orderBy(desc(conversations.lastActiveAt), desc(conversations.id))
        .limit(limit)
        .all();
    },
    setCurrent: (chatRef, conversationId) => {
      db.update(chats).set({ conversationId }).where(eq(chats.id, chatRef)).run();
    },
    rename: (id, title) =>
      db.update(conversations).set({ title }).where(eq(conversations.id, id)).returning().get(),
    markTranscript: (id, exists) => {
      db.update(conversations).set({ hasTranscript: exists }).where(eq(conversations.id, id)).run();
    },
    setQuarantine: (id, quarantine) => {
      db.update(conversations)
        .set({ quarantinedAt: quarantine?.at ?? null, quarantineReason: quarantine?.reason ?? null })
        .where(eq(conversations.id, id))
        .run();
    },
    renewCliSession: (id, cliSessionId, now) => {
      db.update(conversations)
        .set({
          cliSessionId,
          cliSessionSince: now,
          hasTranscript: false,
          quarantinedAt: null,
          quarantineReason: null,
        })
        .where(eq(conversations.id, id))
        .run();
    },
    recordTurn: (tx, id, { title, costMicroUsd, now }) => {
      tx.update(conversations)
        .set({
          turnCount: sql`${conversations.turnCount} + 1`,
          costMicroUsd: sql`${conversations.costMicroUsd} + ${costMicroUsd}`,
          title: sql`coalesce(${conversations.title}, ${title})`,
          lastActiveAt: now,
        })
        .where(eq(conversations.id, id))
        .run();
    },
    setModel: (id, model) => {
      db.update(conversations).set({ model }).where(eq(conversations.id, id)).run();
    },
  };
};
