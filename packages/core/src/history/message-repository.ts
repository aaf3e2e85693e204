import type { HistoryMessage } from "@steward/contract/history";
import type { Database } from "@steward/schema/sqlite";
import { chatMessages, turnMessages, turns } from "@steward/schema/tables";
import { and, asc, desc, eq, gt, gte, lt, lte, or, sql } from "drizzle-orm";
import type { FileRepository, FileRow } from "../files/file-repository.ts";
import { toSummary } from "../files/file-repository.ts";
import type { HistoryPlace } from "./history-cursor.ts";

export interface SessionKey {
  botId: string;
  sessionId: string;
}

export interface MessageRepository {
  /** Oldest first: the last `limit` before a place, or of all. */
  before(session: SessionKey, place: HistoryPlace | null, limit: number): HistoryMessage[];
  /** Oldest first: the first `limit` after a place, or of all. */
  after(session: SessionKey, place: HistoryPlace | null, limit: number): HistoryMessage[];
  /** Where a message of the session stands; null when it has none of this id. */
  placeOf(session: SessionKey, messageId: number): HistoryPlace | null;
  /** The session of a bot's message; null when the bot has none of this id. */
  sessionOf(botId: string, messageId: number): SessionKey | null;
}

export const messagePlace = ({ at, id }: HistoryMessage): HistoryPlace => ({ at, id: String(id) });

/** How messages follow one another: by time, then by id. */
export const createMessageRepository = (deps: {
  db: Database;
  files: Pick<FileRepository, "byIds" | "sentBy">;
}): MessageRepository => {
  const { db } = deps;

  const filesOf = (role: HistoryMessage["role"], turn: typeof turns.$inferSelect | null): FileRow[] => {
    if (turn === null) return [];
    return role === "user" ? deps.files.byIds(turn.fileIds) : deps.files.sentBy(turn);
  };

  const askedBy = db
    .select({ messageId: turnMessages.messageId })
    .from(turnMessages)
    .where(
      and(
        eq(turnMessages.turnId, sql.placeholder("turnId")),
        eq(turnMessages.historyId, sql.placeholder("historyId")),
      ),
    )
    .prepare();
  const numberOf = (
    { id, role, turnId }: typeof chatMessages.$inferSelect,
    turn: typeof turns.$inferSelect | null,
  ): number | null => {
    if (role === "assistant") return turn?.placeholderMessageId ?? null;
    return turnId === null ? null : (askedBy.get({ turnId, historyId: id })?.messageId ?? null);
  };

  const toMessage = ({ message, turn }: Joined): HistoryMessage => ({
    id: message.id,
    role: message.role,
    text: message.content,
    source: message.source,
    at: message.createdAt,
    userId: message.userId,
    userName: message.username,
    turnId: message.turnId,
    messageId: numberOf(message, turn),
    turn: turn !== null && message.role === "assistant" ? toTurn(turn) : null,
    files: filesOf(message.role, turn).map(toSummary),
  });

  const select = ({ botId, sessionId }: SessionKey, place?: ReturnType<typeof and>) =>
    db
      .select({ message: chatMessages, turn: turns })
      .from(chatMessages)
      .leftJoin(turns, eq(turns.id, chatMessages.turnId))
      .where(and(eq(chatMessages.sessionId, sessionId), eq(chatMessages.botId, botId), place));

  return {
    before: (session, place, limit) =>
      select(
        session,
        place === null
          ? undefined
          : // The first condition is what the index is asked by.
            and(
              lte(chatMessages.createdAt, place.at),
              or(lt(chatMessages.createdAt, place.at), lt(chatMessages.id, Number(place.id))),
            ),
      )
        .orderBy(desc(chatMessages.createdAt), desc(chatMessages.id))
        .limit(limit)
        .all()
        .reverse()
        .map(toMessage),
    after: (session, place, limit) =>
      select(
        session,
        place === null
          ? undefined
          : and(
              gte(chatMessages.createdAt, place.at),
              or(gt(chatMessages.createdAt, place.at), gt(chatMessages.id, Number(place.id))),
            ),
      )
        .orderBy(asc(chatMessages.createdAt), asc(chatMessages.id))
        .limit(limit)
        .all()
        .map(toMessage),
    sessionOf: (botId, messageId) =>
      db
        .select({ botId: chatMessages.botId, sessionId: chatMessages.sessionId })
        .from(chatMessages)
        .where(and(eq(chatMessages.id, messageId), eq(chatMessages.botId, botId)))
        .get() ?? null,
    placeOf: ({ botId, sessionId }, messageId) => {
      const found = db
        .select({ at: chatMessages.createdAt })
        .from(chatMessages)
        .where(
          and(
            eq(chatMessages.id, messageId),
            eq(chatMessages.sessionId, sessionId),
            eq(chatMessages.botId, botId),
          ),
        )
        .get();
      return found ? { at: found.at, id: String(messageId) } : null;
    },
  };
};

interface Joined {
  message: typeof chatMessages.$inferSelect;
  turn: typeof turns.$inferSelect | null;
}

const toTurn = (turn: typeof turns.$inferSelect): NonNullable<HistoryMessage["turn"]> => ({
  state: turn.state,
  model: turn.model,
  tools: turn.toolCount,
  costUsd: turn.costMicroUsd === null ? null : turn.costMicroUsd / 1_000_000,
  durationMs: turn.startedAt === null || turn.finishedAt === null ? null : turn.finishedAt - turn.startedAt,
});
