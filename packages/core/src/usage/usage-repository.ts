import type { UsageRow } from "@steward/contract/usage";
import type { OpenDatabase } from "@steward/schema/sqlite";
import { chats, conversations, turns } from "@steward/schema/tables";
import { and, asc, count, eq, gte, lt, type SQL, sql, sum } from "drizzle-orm";

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
  by(group: "day" | "chat" | "model", filter: UsageFilter): UsageRow[];
  /** What turns that ended at `from` or later have cost, in millionths of a US dollar. */
  spentMicroUsd(from: number, scope: { botId?: string; chatRef?: number }): number;
}

export const createUsageRepository = ({ db }: Pick<OpenDatabase, "db">): UsageRepository => {
  const KEYS: Record<"day" | "chat" | "model", SQL<string>> = {
    day: sql<string>`strftime('%Y-%m-%d', ${turns.finishedAt} / 1000, 'unixepoch')`,
    chat: sql<string>`${chats.botId} || '/' || ${chats.chatId} || iif(${chats.threadId} = '', '', '.t' || ${chats.threadId})`,
    model: sql<string>`coalesce(${turns.model}, ${conversations.model}, '')`,
  };
  return {
    by: (group, { from, to, botId, chatId, threadId }) =>
      db
        .select({
          key: KEYS[group],
          turns: count(),
          inputTokens: sum(turns.inputTokens),
          outputTokens: sum(turns.outputTokens),
          cacheReadTokens: sum(turns.cacheReadTokens),
          cacheCreationTokens: sum(turns.cacheCreationTokens),
          costMicroUsd: sum(turns.costMicroUsd),
        })
        .from(turns)
        .innerJoin(chats, eq(chats.id, turns.chatRef))
        .leftJoin(conversations, eq(conversations.id, turns.conversationId))
        .where(
          and(
            gte(turns.finishedAt, from),
            lt(turns.finishedAt, to),
            botId === undefined ? undefined : eq(chats.botId, botId),
            chatId === undefined ? undefined : eq(chats.chatId, chatId),
            threadId === undefined ? undefined : eq(chats.threadId, threadId),
          ),
        )
        .groupBy(KEYS[group])
        .orderBy(asc(KEYS[group]))
        .all()
        .map(({ key, costMicroUsd, ...row }) => ({
          key,
          turns: row.turns,
          inputTokens: Number(row.inputTokens ?? 0),
          outputTokens: Number(row.outputTokens ?? 0),
          cacheReadTokens: Number(row.cacheReadTokens ?? 0),
          cacheCreationTokens: Number(row.cacheCreationTokens ?? 0),
          costUsd: Number(costMicroUsd ?? 0) / 1_000_000,
        })),
    spentMicroUsd: (from, { botId, chatRef }) =>
      Number(
        db
          .select({ spent: sum(turns.costMicroUsd) })
          .from(turns)
          .innerJoin(chats, eq(chats.id, turns.chatRef))
          .where(
            and(
              gte(turns.finishedAt, from),
              botId === undefined ? undefined : eq(chats.botId, botId),
              chatRef === undefined ? undefined : eq(turns.chatRef, chatRef),
            ),
          )
          .get()?.spent ?? 0,
      ),
  };
};
