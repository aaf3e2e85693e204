import type { TurnState } from "@steward/schema/enums";
import type { Database } from "@steward/schema/sqlite";
import { chats, turns } from "@steward/schema/tables";
import { and, asc, count, desc, eq, inArray, sql } from "drizzle-orm";
import { type TurnRecord, type TurnRow, UNSETTLED_STATES, WAITING_STATES } from "./turn-record.ts";

/** A turn without an outcome, as far as it takes to say who has it. */
export type OpenTurn = Pick<TurnRow, "id" | "chatRef" | "state" | "bootId" | "parked">;

/** What is asked about turns. */
export interface TurnQueries {
  find(turnId: string): TurnRecord | null;
  stateOf(turnId: string): TurnState | null;
  /** Not settled, as they come in their chats: first what a person has sent ahead, then in the order of acceptance. */
  unsettled(): TurnRecord[];
  /** The same turns without what they say: cheap enough to be asked for again and again. */
  open(): OpenTurn[];
  /** A bot's turns that go through the outbox and have no outcome yet. */
  openFor(botId: string): TurnRecord[];
  parked(chatRef: number): TurnRecord[];
  /** Whether any turn of the chat goes, or went, through the outbox: then somebody reads it. */
  someDeliver(chatRef: number): boolean;
  /** Whether the chat's last turn goes through the outbox; false when it has none. */
  lastDelivers(chatRef: number): boolean;
  /** In all chats together, without those that a stop has put aside. */
  countWaiting(): number;
  /** Of one chat, put aside by a stop. */
  countParked(chatRef: number): number;
  /** The chat's turn without an outcome whose status message this is; null when there is none. */
  openByPlaceholder(chatRef: number, messageId: number): string | null;
  /** Tokens that the conversation's last answered turn was asked with. */
  contextTokens(conversationId: string): number;
}

export const createTurnQueries = ({ db }: { db: Database }): TurnQueries => {
  const select = () =>
    db
      .select({ turn: turns, botId: chats.botId, chatId: chats.chatId, threadId: chats.threadId })
      .from(turns)
      .innerJoin(chats, eq(chats.id, turns.chatRef));
  type Joined = { turn: TurnRow; botId: string; chatId: string; threadId: string };
  const toRecord = ({ turn, ...address }: Joined): TurnRecord => ({ ...turn, ...address });
  const isUnsettled = inArray(turns.state, [...UNSETTLED_STATES]);
  const waits = inArray(turns.state, [...WAITING_STATES]);
  // Prepared once: these run in every turn, before the prompt goes out, and building a query costs more than running it.
  // The driver has one connection, so they take part in whatever transaction is open on it.
  const byId = select()
    .where(eq(turns.id, sql.placeholder("id")))
    .prepare();
  const stateById = db
    .select({ state: turns.state })
    .from(turns)
    .where(eq(turns.id, sql.placeholder("id")))
    .prepare();
  const waitingCount = db
    .select({ n: count() })
    .from(turns)
    .where(and(waits, eq(turns.parked, false)))
    .prepare();
  const parkedCount = db
    .select({ n: count() })
    .from(turns)
    .where(and(eq(turns.chatRef, sql.placeholder("chatRef")), eq(turns.parked, true), waits))
    .prepare();

  return {
    find: (turnId) => {
      const row = byId.get({ id: turnId });
      return row ? toRecord(row) : null;
    },
    stateOf: (turnId) => stateById.get({ id: turnId })?.state ?? null,
    unsettled: () =>
      select()
        .where(isUnsettled)
        .orderBy(...asTheyCome)
        .all()
        .map(toRecord),
    open: () =>
      db
        .select({
          id: turns.id,
          chatRef: turns.chatRef,
          state: turns.state,
          bootId: turns.bootId,
          parked: turns.parked,
        })
        .from(turns)
        .where(isUnsettled)
        .orderBy(asc(turns.seq))
        .all(),
    openFor: (botId) =>
      select()
        .where(and(eq(chats.botId, botId), eq(turns.deliver, true), isUnsettled))
        .orderBy(asc(turns.seq))
        .all()
        .map(toRecord),
    parked: (chatRef) =>
      select()
        .where(and(eq(turns.chatRef, chatRef), eq(turns.parked, true), waits))
        .orderBy(...asTheyCome)
        .all()
        .map(toRecord),
    someDeliver: (chatRef) =>
      db
        .select({ seq: turns.seq })
        .from(turns)
        .where(and(eq(turns.chatRef, chatRef), eq(turns.deliver, true)))
        .limit(1)
        .get() !== undefined,
    lastDelivers: (chatRef) =>
      db
        .select({ deliver: turns.deliver })
        .from(turns)
        .where(eq(turns.chatRef, chatRef))
        .orderBy(desc(turns.seq))
        .limit(1)
        .get()?.deliver ?? false,
    countWaiting: () => waitingCount.get()?.n ?? 0,
    countParked: (chatRef) => parkedCount.get({ chatRef })?.n ?? 0,
    openByPlaceholder: (chatRef, messageId) =>
      db
        .select({ id: turns.id })
        .from(turns)
        .where(and(eq(turns.chatRef, chatRef), eq(turns.placeholderMessageId, messageId), isUnsettled))
        .get()?.id ?? null,
    contextTokens: (conversationId) =>
      db
        .select({
          n: sql<number>`coalesce(${turns.inputTokens}, 0) + coalesce(${turns.cacheReadTokens}, 0) + coalesce(${turns.cacheCreationTokens}, 0)`,
        })
        .from(turns)
        .where(and(eq(turns.conversationId, conversationId), sql`${turns.inputTokens} is not null`))
        .orderBy(sql`${turns.seq} desc`)
        .limit(1)
        .get()?.n ?? 0,
  };
};

/** Within a chat. */
const asTheyCome = [desc(turns.rank), asc(turns.seq)];
