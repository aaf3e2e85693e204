import type { ApprovalDecision } from "@steward/contract/approvals";
import type { ApprovalState } from "@steward/schema/enums";
import type { Database } from "@steward/schema/sqlite";
import { approvals, chats } from "@steward/schema/tables";
import { and, desc, eq } from "drizzle-orm";

export type NewApproval = typeof approvals.$inferInsert;
/** An approval with the address of its chat. */
export type ApprovalRecord = typeof approvals.$inferSelect & {
  botId: string;
  chatId: string;
  threadId: string;
};

/** How an approval ended. */
export interface ApprovalOutcome {
  state: Exclude<ApprovalState, "pending">;
  decision: ApprovalDecision | null;
  message: string | null;
  decidedBy: string;
  at: number;
}

export interface ApprovalFilter {
  state?: ApprovalState | undefined;
  botId?: string | undefined;
  chatId?: string | undefined;
}

const MOST_LISTED = 200;

export interface ApprovalRepository {
  insert(row: NewApproval): void;
  find(id: string): ApprovalRecord | null;
  /** The last ones, oldest first. */
  list(filter: ApprovalFilter): ApprovalRecord[];
  pendingOf(turnId: string): ApprovalRecord[];
  allPending(): ApprovalRecord[];
  /** Written once: false when it is not pending any more. */
  settle(id: string, outcome: ApprovalOutcome): boolean;
}

export const createApprovalRepository = ({ db }: { db: Database }): ApprovalRepository => {
  const select = () =>
    db
      .select({ approval: approvals, botId: chats.botId, chatId: chats.chatId, threadId: chats.threadId })
      .from(approvals)
      .innerJoin(chats, eq(chats.id, approvals.chatRef));
  type Joined = NonNullable<ReturnType<ReturnType<typeof select>["get"]>>;
  const toRecord = ({ approval, ...address }: Joined): ApprovalRecord => ({ ...approval, ...address });
  const pending = eq(approvals.state, "pending");

  return {
    insert: (row) => void db.insert(approvals).values(row).run(),
    find: (id) => {
      const row = select().where(eq(approvals.id, id)).get();
      return row ? toRecord(row) : null;
    },
    list: ({ state, botId, chatId }) =>
      select()
        .where(
          and(
            state === undefined ? undefined : eq(approvals.state, state),
            botId === undefined ? undefined : eq(chats.botId, botId),
            chatId === undefined ? undefined : eq(chats.chatId, chatId),
          ),
        )
        .orderBy(desc(approvals.id))
        .limit(MOST_LISTED)
        .all()
        .map(toRecord)
        .reverse(),
    pendingOf: (turnId) =>
      select()
        .where(and(eq(approvals.turnId, turnId), pending))
        .all()
        .map(toRecord),
    allPending: () => select().where(pending).all().map(toRecord),
    settle: (id, { state, decision, message, decidedBy, at }) =>
      db
        .update(approvals)
        .set({ state, answer: JSON.stringify({ decision, message }), decidedBy, decidedAt: at })
        .where(and(eq(approvals.id, id), pending))
        .run().changes === 1,
  };
};
