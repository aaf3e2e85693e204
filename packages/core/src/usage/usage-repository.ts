import type { UsageRow } from "@steward/contract/usage";
import type { OpenDatabase } from "@steward/schema/sqlite";
import { chats, conversations, expenses, turns } from "@steward/schema/tables";
import { and, asc, eq, gte, lt, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { unionAll } from "drizzle-orm/sqlite-core";

export interface UsageFilter {
  /** UTC ms, included. */
  from: number;
  /** UTC ms, excluded. */
  to: number;
  botId?: string | undefined;
  chatId?: string | undefined;
  threadId?: string | undefined;
}

export interface UsageRepository {
  /** `turns` counts turns alone; tokens and cost are of turns and expenses together. */
  by(group: "day" | "chat" | "model", filter: UsageFilter): UsageRow[];
  /** What turns that ended at `from` or later and expenses since then have cost, in millionths of a US dollar. */
  spentMicroUsd(from: number, scope: { botId?: string; chatRef?: number }): number;
}

export const createUsageRepository = ({ db }: Pick<OpenDatabase, "db">): UsageRepository => {
  /** One row per turn that has ended and per expense, within the time. */
  const spendings = (from: number, to: number) =>
    unionAll(
      db
        .select({
          chatRef: turns.chatRef,
          at: sql<number>`${turns.finishedAt}`.as("at"),
          model: sql<string>`coalesce(${turns.model}, ${conversations.model}, '')`.as("model"),
          turns: sql<number>`1`.as("turns"),
          inputTokens: turns.inputTokens,
          outputTokens: turns.outputTokens,
          cacheReadTokens: turns.cacheReadTokens,
          cacheCreationTokens: turns.cacheCreationTokens,
          costMicroUsd: turns.costMicroUsd,
        })
        .from(turns)
        .leftJoin(conversations, eq(conversations.id, turns.conversationId))
        .where(and(gte(turns.finishedAt, from), lt(turns.finishedAt, to))),
      db
        .select({
          chatRef: expenses.chatRef,
          at: sql<number>`${expenses.at}`.as("at"),
          model: sql<string>`coalesce(${expenses.model}, ${conversations.model}, '')`.as("model"),
          turns: sql<number>`0`.as("turns"),
          inputTokens: expenses.inputTokens,
          outputTokens: expenses.outputTokens,
          cacheReadTokens: expenses.cacheReadTokens,
          cacheCreationTokens: expenses.cacheCreationTokens,
          costMicroUsd: expenses.costMicroUsd,
        })
        .from(expenses)
        .leftJoin(conversations, eq(conversations.id, expenses.conversationId))
        .where(and(gte(expenses.at, from), lt(expenses.at, to))),
    ).as("spendings");

  return {
    by: (group, { from, to, botId, chatId, threadId }) => {
      const spent = spendings(from, to);
      const keys: Record<typeof group, SQL<string>> = {
        day: sql<string>`strftime('%Y-%m-%d', ${spent.at} / 1000, 'unixepoch')`,
        chat: sql<string>`${chats.botId} || '/' || ${chats.chatId} || iif(${chats.threadId} = '', '', '.t' || ${chats.threadId})`,
        model: sql<string>`${spent.model}`,
      };
      const total = (column: SQLWrapper): SQL<number> =>
        sql<number>`coalesce(sum(${column}), 0)`.mapWith(Number);
      return db
        .select({
          key: keys[group],
          turns: total(spent.turns),
          inputTokens: total(spent.inputTokens),
          outputTokens: total(spent.outputTokens),
          cacheReadTokens: total(spent.cacheReadTokens),
          cacheCreationTokens: total(spent.cacheCreationTokens),
          costMicroUsd: total(spent.costMicroUsd),
        })
        .from(spent)
        .innerJoin(chats, eq(chats.id, spent.chatRef))
        .where(
          and(
            botId === undefined ? undefined : eq(chats.botId, botId),
            chatId === undefined ? undefined : eq(chats.chatId, chatId),
            threadId === undefined ? undefined : eq(chats.threadId, threadId),
          ),
        )
        .groupBy(keys[group])
        .orderBy(asc(keys[group]))
        .all()
        .map(({ costMicroUsd, ...row }) => ({ ...row, costUsd: costMicroUsd / 1_000_000 }));
    },
    spentMicroUsd: (from, { botId, chatRef }) => {
      const spent = spendings(from, Number.MAX_SAFE_INTEGER);
      return (
        db
          .select({ microUsd: sql<number>`coalesce(sum(${spent.costMicroUsd}), 0)`.mapWith(Number) })
          .from(spent)
          .innerJoin(chats, eq(chats.id, spent.chatRef))
          .where(
            and(
              botId === undefined ? undefined : eq(chats.botId, botId),
              chatRef === undefined ? undefined : eq(spent.chatRef, chatRef),
            ),
          )
          .get()?.microUsd ?? 0
      );
    },
  };
};
