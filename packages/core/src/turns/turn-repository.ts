import type { TurnUsage } from "@steward/contract/turn-events";
import type { TurnState } from "@steward/schema/enums";
import type { Database, DatabaseOrTransaction } from "@steward/schema/sqlite";
import { chats, turns } from "@steward/schema/tables";
import { and, asc, count, desc, eq, inArray, isNull, max, or, sql } from "drizzle-orm";

export type TurnRow = typeof turns.$inferSelect;
/** A turn with the address of its chat. */
export type TurnRecord = TurnRow & { botId: string; chatId: string; threadId: string };
export type NewTurn = Pick<
  TurnRow,
  | "id"
  | "chatRef"
  | "source"
  | "language"
  | "state"
  | "deliver"
  | "prompt"
  | "userId"
  | "userName"
  | "replyToMessageId"
  | "receivedAt"
  | "fileIds"
  | "gatherUntil"
  | "rank"
>;

/** A turn without an outcome, as far as it takes to say who has it. */
export type OpenTurn = Pick<TurnRow, "id" | "chatRef" | "state" | "bootId" | "parked">;

export const WAITING_STATES: readonly TurnState[] = ["received", "queued"];

/** The outcome is known; what may be missing is the delivery. */
export const isSettled = (state: TurnState): boolean => !["received", "queued", "running"].includes(state);

export interface TurnRepository {
  insert(turn: NewTurn): void;
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
  /** running: takes the turn for this boot. False when it is not waiting any more. */
  start(turnId: string, values: { bootId: string; conversationId: string; now: number }): boolean;
  /**
   * Committed before the tool may run, with what the turn has cost so far. False when the turn is not ours any more.
   */
  markTool(turnId: string, fence: number, costMicroUsd: number): boolean;
  requeue(turnId: string, fence: number, costMicroUsd: number): boolean;
  /** Takes further words in. Only while it waits; it gathers on until `gatherUntil`, or waits whole. */
  extend(
    tx: DatabaseOrTransaction,
    turnId: string,
    words: Pick<TurnRow, "replyToMessageId" | "gatherUntil"> & { text: string },
  ): boolean;
  /** From `received` to `queued`, with what its files have made of it. False when it does not gather any more. */
  complete(tx: DatabaseOrTransaction, turnId: string, whole: Pick<TurnRow, "prompt" | "fileIds">): boolean;
  /** From `received` to `queued`. */
  endGathering(turnId: string): void;
  /** Other words for it. Only while it waits: false when it does not any more. */
  rewrite(tx: DatabaseOrTransaction, turnId: string, prompt: string): boolean;
  /** Ahead of all turns that wait in its chat, and not put aside any more. Only while it waits: false when it does not. */
  putFirst(tx: DatabaseOrTransaction, turnId: string): boolean;
  /** Above those of all turns of the chat that wait. */
  nextRank(chatRef: number): number;
  /** The chat's turn without an outcome whose status message this is; null when there is none. */
  openByPlaceholder(chatRef: number, messageId: number): string | null;
  /** Only while it waits: false when it does not any more. */
  setTriage(turnId: string, decision: string): boolean;
  /** Tokens that the conversation's last answered turn was asked with. */
  contextTokens(conversationId: string): number;
  /** Undoes `start`: the attempt does not count. Not for a turn that has started a tool. */
  putBack(turnId: string, fence: number, costMicroUsd: number): boolean;
  /** Writes an outcome once: only from `from`, and for running turns only by the holder of the fence. */
  settle(
    tx: DatabaseOrTransaction,
    turnId: string,
    guard: { from: readonly TurnState[]; fence?: number },
    values: {
      state: TurnState;
      resultText: string;
      errorCode: string | null;
      errorDetail: string | null;
      model: string | null;
      /** Null: not known. */
      tokens: Omit<TurnUsage, "costUsd"> | null;
      costUsd: number | null;
      now: number;
    },
  ): boolean;
  /** Moves a settled turn on: to `delivering` when a front end has it, to `done` when it is out. */
  advance(turnId: string, from: readonly TurnState[], to: TurnState): boolean;
  setParked(turnIds: readonly string[], parked: boolean): void;
  /** The message that counts: this one when there was none or it `replaces` that; null = there is no such turn. */
  setPlaceholder(turnId: string, messageId: number, replaces: number | null): number | null;
}

export const createTurnRepository = ({ db }: { db: Database }): TurnRepository => {
  const select = () =>
    db
      .select({ turn: turns, botId: chats.botId, chatId: chats.chatId, threadId: chats.threadId })
      .from(turns)
      .innerJoin(chats, eq(chats.id, turns.chatRef));
  type Joined = { turn: TurnRow; botId: string; chatId: string; threadId: string };
  const toRecord = ({ turn, ...address }: Joined): TurnRecord => ({ ...turn, ...address });
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
  const insertTurn = db
    .insert(turns)
    .values({
      id: sql.placeholder("id"),
      chatRef: sql.placeholder("chatRef"),
      source: sql.placeholder("source"),
      language: sql.placeholder("language"),
      state: sql.placeholder("state"),
      deliver: sql.placeholder("deliver"),
      prompt: sql.placeholder("prompt"),
      userId: sql.placeholder("userId"),
      userName: sql.placeholder("userName"),
      replyToMessageId: sql.placeholder("replyToMessageId"),
      receivedAt: sql.placeholder("receivedAt"),
      fileIds: sql.placeholder("fileIds"),
      gatherUntil: sql.placeholder("gatherUntil"),
      rank: sql.placeholder("rank"),
    })
    .prepare();
  const startTurn = db
    .update(turns)
    .set({
      state: "running",
      bootId: sql`${sql.placeholder("bootId")}`,
      conversationId: sql`${sql.placeholder("conversationId")}`,
      fence: sql`${turns.fence} + 1`,
      attempt: sql`${turns.attempt} + 1`,
      startedAt: sql`${sql.placeholder("now")}`,
    })
    .where(and(eq(turns.id, sql.placeholder("id")), inArray(turns.state, [...WAITING_STATES])))
    .prepare();
  const waitingCount = db
    .select({ n: count() })
    .from(turns)
    .where(and(inArray(turns.state, [...WAITING_STATES]), eq(turns.parked, false)))
    .prepare();
  const parkedCount = db
    .select({ n: count() })
    .from(turns)
    .where(
      and(
        eq(turns.chatRef, sql.placeholder("chatRef")),
        eq(turns.parked, true),
        inArray(turns.state, [...WAITING_STATES]),
      ),
    )
    .prepare();
  const find = (turnId: string): TurnRecord | null => {
    const row = byId.get({ id: turnId });
    return row ? toRecord(row) : null;
  };

  const waits = (turnId: string) => and(eq(turns.id, turnId), inArray(turns.state, [...WAITING_STATES]));
  const nextRank = (chatRef: number): number =>
    (db
      .select({ highest: max(turns.rank) })
      .from(turns)
      .where(and(eq(turns.chatRef, chatRef), inArray(turns.state, [...WAITING_STATES])))
      .get()?.highest ?? 0) + 1;

  return {
    insert: (turn) => {
      insertTurn.run({ ...turn });
    },
    find,
    stateOf: (turnId) => stateById.get({ id: turnId })?.state ?? null,
    unsettled: () =>
      select()
        .where(inArray(turns.state, ["received", "queued", "running"]))
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
        .where(inArray(turns.state, ["received", "queued", "running"]))
        .orderBy(asc(turns.seq))
        .all(),
    openFor: (botId) =>
      select()
        .where(
          and(
            eq(chats.botId, botId),
            eq(turns.deliver, true),
            inArray(turns.state, ["received", "queued", "running"]),
          ),
        )
        .orderBy(asc(turns.seq))
        .all()
        .map(toRecord),
    parked: (chatRef) =>
      select()
        .where(
          and(eq(turns.chatRef, chatRef), eq(turns.parked, true), inArray(turns.state, [...WAITING_STATES])),
        )
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
    start: (turnId, values) => startTurn.run({ id: turnId, ...values }).changes === 1,
    markTool: (turnId, fence, costMicroUsd) =>
      db
        .update(turns)
        .set({ startedTools: true, toolCount: sql`${turns.toolCount} + 1`, ...spent(costMicroUsd) })
        .where(and(eq(turns.id, turnId), eq(turns.state, "running"), eq(turns.fence, fence)))
        .run().changes === 1,
    requeue: (turnId, fence, costMicroUsd) =>
      db
        .update(turns)
        .set({ state: "queued", bootId: null, startedAt: null, ...spent(costMicroUsd) })
        .where(and(eq(turns.id, turnId), eq(turns.state, "running"), eq(turns.fence, fence)))
        .run().changes === 1,
    putBack: (turnId, fence, costMicroUsd) =>
      db
        .update(turns)
        .set({
          state: "queued",
          bootId: null,
          startedAt: null,
          attempt: sql`${turns.attempt} - 1`,
          ...spent(costMicroUsd),
        })
        .where(
          and(
            eq(turns.id, turnId),
            eq(turns.state, "running"),
            eq(turns.fence, fence),
            eq(turns.startedTools, false),
          ),
        )
        .run().changes === 1,
    extend: (tx, turnId, { text, replyToMessageId, gatherUntil }) =>
      tx
        .update(turns)
        .set({
          prompt: sql`${turns.prompt} || ${text}`,
          state: gatherUntil === null ? "queued" : "received",
          replyToMessageId,
          gatherUntil,
        })
        .where(and(eq(turns.id, turnId), inArray(turns.state, [...WAITING_STATES])))
        .run().changes === 1,
    complete: (tx, turnId, { prompt, fileIds }) =>
      tx
        .update(turns)
        .set({ prompt, fileIds, state: "queued", gatherUntil: null })
        .where(and(eq(turns.id, turnId), eq(turns.state, "received")))
        .run().changes === 1,
    endGathering: (turnId) => {
      db.update(turns)
        .set({ state: "queued", gatherUntil: null })
        .where(and(eq(turns.id, turnId), eq(turns.state, "received")))
        .run();
    },
    rewrite: (tx, turnId, prompt) =>
      tx.update(turns).set({ prompt }).where(waits(turnId)).run().changes === 1,
    putFirst: (tx, turnId) => {
      const record = find(turnId);
      if (!record) return false;
      const first = { rank: nextRank(record.chatRef), parked: false };
      return tx.update(turns).set(first).where(waits(turnId)).run().changes === 1;
    },
    nextRank,
    openByPlaceholder: (chatRef, messageId) =>
      db
        .select({ id: turns.id })
        .from(turns)
        .where(
          and(
            eq(turns.chatRef, chatRef),
            eq(turns.placeholderMessageId, messageId),
            inArray(turns.state, ["received", "queued", "running"]),
          ),
        )
        .get()?.id ?? null,
    setTriage: (turnId, triage) =>
      db
        .update(turns)
        .set({ triage })
        .where(and(eq(turns.id, turnId), inArray(turns.state, [...WAITING_STATES])))
        .run().changes === 1,
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
    settle: (tx, turnId, guard, values) =>
      tx
        .update(turns)
        .set({
          state: values.state,
          parked: false,
          resultText: values.resultText,
          errorCode: values.errorCode,
          errorDetail: values.errorDetail,
          model: values.model,
          inputTokens: values.tokens?.inputTokens ?? null,
          outputTokens: values.tokens?.outputTokens ?? null,
          cacheReadTokens: values.tokens?.cacheReadTokens ?? null,
          cacheCreationTokens: values.tokens?.cacheCreationTokens ?? null,
          costMicroUsd: values.costUsd === null ? null : Math.round(values.costUsd * 1_000_000),
          finishedAt: values.now,
        })
        .where(
          and(
            eq(turns.id, turnId),
            inArray(turns.state, [...guard.from]),
            guard.fence === undefined ? undefined : eq(turns.fence, guard.fence),
          ),
        )
        .run().changes === 1,
    advance: (turnId, from, to) =>
      db
        .update(turns)
        .set({ state: to })
        .where(and(eq(turns.id, turnId), inArray(turns.state, [...from])))
        .run().changes === 1,
    setParked: (turnIds, parked) => {
      if (turnIds.length === 0) return;
      db.update(turns)
        .set({ parked })
        .where(inArray(turns.id, [...turnIds]))
        .run();
    },
    setPlaceholder: (turnId, messageId, replaces) => {
      db.update(turns)
        .set({ placeholderMessageId: messageId })
        .where(
          and(
            eq(turns.id, turnId),
            or(isNull(turns.placeholderMessageId), eq(turns.placeholderMessageId, replaces ?? -1)),
          ),
        )
        .run();
      return find(turnId)?.placeholderMessageId ?? null;
    },
  };
};

/** Within a chat. */
const asTheyCome = [desc(turns.rank), asc(turns.seq)];

/** A row that has cost nothing says nothing of it. */
const spent = (costMicroUsd: number): { costMicroUsd?: number } => (costMicroUsd > 0 ? { costMicroUsd } : {});
