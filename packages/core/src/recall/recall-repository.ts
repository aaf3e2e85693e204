import type { Database, DatabaseOrTransaction } from "@steward/schema/sqlite";
import { memories, memoryChanges, turnRecalls, turns } from "@steward/schema/tables";
import { and, asc, eq, gt, gte, inArray, isNotNull, isNull, max, ne, notInArray, or, sql } from "drizzle-orm";

/** How something came into a turn: pinned, found by words or by meaning, or the shared context file. */
export type RecallMode = "pinned" | "lexical" | "semantic" | "context";

/** What went into a turn, as it was then. */
export interface RecallRow {
  /** Null = the shared context file. */
  memoryId: number | null;
  key: string;
  content: string;
  score: number | null;
  mode: RecallMode;
}

/** A CLI session as far as it matters what it has been told. */
export interface CliSessionOf {
  conversationId: string;
  /** Since when its present CLI session is in use; null = since the conversation began. */
  since: number | null;
}

/** Not a part of the prompt: in this turn the CLI has summarised what came before it. */
const COMPACTED = { n: -1, mode: "compacted" } as const;

export interface RecallRepository {
  /** Whether there is anything at all that this chat may know. */
  someFor(owner: { botId: string; chatId: string }): boolean;
  /** What a CLI session has been told and still has before it: not what a summary has taken the place of. */
  toldTo(session: CliSessionOf): RecallRow[];
  /** In place of what an earlier attempt was told. Takes part in the open transaction. */
  note(tx: DatabaseOrTransaction, turnId: string, rows: readonly RecallRow[], at: number): void;
  noteCompaction(turnId: string, at: number): void;
  /** Receipts keep no words of memories that are gone and can be brought back no more. */
  forgetGone(): void;
  /** In the order in which they stood in the prompt. */
  of(turnId: string): RecallRow[];
}

export const createRecallRepository = ({ db }: { db: Database }): RecallRepository => {
  const isOf = (botId: unknown, chatId: unknown) =>
    and(sql`${memories.botId} = ${botId}`, sql`${memories.chatId} = ${chatId}`);
  const bot = sql.placeholder("botId");
  // Asked before every prompt.
  const some = db
    .select({ id: memories.id })
    .from(memories)
    .where(
      and(
        eq(memories.state, "accepted"),
        or(isOf(bot, sql.placeholder("chatId")), isOf(bot, ""), isOf("", "")),
      ),
    )
    .limit(1)
    .prepare();
  const told = {
    memoryId: turnRecalls.memoryId,
    key: turnRecalls.key,
    content: turnRecalls.content,
    score: turnRecalls.score,
    mode: turnRecalls.mode,
  };
  /** The mode is ours alone to write. */
  const toRow = (row: { mode: string } & Omit<RecallRow, "mode">): RecallRow => ({
    ...row,
    mode: row.mode as RecallMode,
  });

  return {
    someFor: (owner) => some.get(owner) !== undefined,
    toldTo: ({ conversationId, since }) => {
      const ofConversation = eq(turns.conversationId, conversationId);
      const compacted = db
        .select({ at: max(turns.startedAt) })
        .from(turns)
        .innerJoin(turnRecalls, and(eq(turnRecalls.turnId, turns.id), eq(turnRecalls.n, COMPACTED.n)))
        .where(ofConversation)
        .get();
      return db
        .select(told)
        .from(turns)
        .innerJoin(turnRecalls, eq(turnRecalls.turnId, turns.id))
        .where(
          and(
            ofConversation,
            gte(turnRecalls.n, 0),
            // One that was broken off may not be in the transcript.
            inArray(turns.state, ["result_saved", "delivering", "done"]),
            isNull(turns.errorCode),
            gte(turns.startedAt, since ?? 0),
            gt(turns.startedAt, compacted?.at ?? -1),
          ),
        )
        .all()
        .map(toRow);
    },
    note: (tx, turnId, rows, at) => {
      tx.delete(turnRecalls)
        .where(and(eq(turnRecalls.turnId, turnId), ne(turnRecalls.n, COMPACTED.n)))
        .run();
      for (const [n, row] of rows.entries())
        tx.insert(turnRecalls)
          .values({ turnId, n, ...row, at })
          .run();
    },
    noteCompaction: (turnId, at) => {
      const marker = { turnId, ...COMPACTED, memoryId: null, key: "", content: "", score: null, at };
      db.insert(turnRecalls).values(marker).onConflictDoNothing().run();
    },
    forgetGone: () => {
      const isThere = db.select({ id: memories.id }).from(memories);
      const canComeBack = db.select({ id: memoryChanges.memoryId }).from(memoryChanges);
      db.update(turnRecalls)
        .set({ key: "", content: "" })
        .where(
          and(
            ne(turnRecalls.content, ""),
            isNotNull(turnRecalls.memoryId),
            notInArray(turnRecalls.memoryId, isThere),
            notInArray(turnRecalls.memoryId, canComeBack),
          ),
        )
        .run();
    },
    of: (turnId) =>
      db
        .select(told)
        .from(turnRecalls)
        .where(and(eq(turnRecalls.turnId, turnId), gte(turnRecalls.n, 0)))
        .orderBy(asc(turnRecalls.n))
        .all()
        .map(toRow),
  };
};
