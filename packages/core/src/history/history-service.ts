import { DomainError } from "@steward/contract/errors";
import type { HistoryMessage, HistorySession } from "@steward/contract/history";
import { legacySessionId } from "@steward/contract/ids";
import { readCursor, toCursor } from "./history-cursor.ts";
import type { Deleted, HistoryDeletion } from "./history-deletion.ts";
import { type ExportFormat, writeExport } from "./history-export.ts";
import { type MessageRepository, messagePlace, type SessionKey } from "./message-repository.ts";
import { type SessionRepository, sessionPlace } from "./session-repository.ts";

export interface HistoryPage {
  messages: HistoryMessage[];
  /** Cursors; null = there is nothing on that side. */
  earlier: string | null;
  later: string | null;
}

/** Where a page begins: at the newest without any of these. */
export interface PageStart {
  before?: string | undefined;
  after?: string | undefined;
  /** A message's id. */
  around?: number | undefined;
}

/** All that was ever said, from every door. */
export interface HistoryService {
  sessions(
    filter: { botId: string | undefined },
    limit: number,
    cursor: string | undefined,
  ): { sessions: HistorySession[]; next: string | null };
  /** @throws DomainError `not_found` when there is no such session, or it has no such message */
  messages(session: SessionKey, limit: number, start: PageStart): HistoryPage;
  /**
   * What was said around a message.
   *
   * @param chatId only when it was said in this chat of the bot, in whichever of its topics
   * @throws DomainError `not_found`
   */
  open(
    of: { botId: string; chatId: string | undefined },
    messageId: number,
    limit: number,
  ): SessionKey & HistoryPage;
  /** The session as text, in pieces. @throws DomainError `not_found` */
  export(session: SessionKey, format: ExportFormat): Iterable<string>;
  /** @throws DomainError `not_found` */
  deleteMessage(session: SessionKey, messageId: number): Deleted;
  deleteSession(session: SessionKey, before: number | null): Promise<Deleted>;
}

const EXPORT_PAGE = 500;

const isOfChat = ({ botId, sessionId }: SessionKey, chatId: string): boolean => {
  const chat = legacySessionId({ botId, chatId, threadId: "" });
  return sessionId === chat || sessionId.startsWith(`${chat}.t`);
};

export const createHistoryService = (deps: {
  sessions: SessionRepository;
  messages: MessageRepository;
  deletion: HistoryDeletion;
}): HistoryService => {
  const { messages, sessions } = deps;

  const assertKnown = ({ botId, sessionId }: SessionKey): void => {
    if (!sessions.exists(botId, sessionId)) throw new DomainError("not_found", "Session not found");
  };

  /** With one more than is asked for it is known whether there is more. */
  const backward = (session: SessionKey, limit: number, cursor: string | null) => {
    const rows = messages.before(session, cursor === null ? null : readCursor(cursor), limit + 1);
    return { rows: rows.slice(-limit), more: rows.length > limit };
  };
  const forward = (session: SessionKey, limit: number, cursor: string) => {
    const rows = messages.after(session, readCursor(cursor), limit + 1);
    return { rows: rows.slice(0, limit), more: rows.length > limit };
  };
  const page = (rows: HistoryMessage[], more: { earlier: boolean; later: boolean }): HistoryPage => {
    const [first, last] = [rows.at(0), rows.at(-1)];
    return {
      messages: rows,
      earlier: more.earlier && first ? toCursor(messagePlace(first)) : null,
      later: more.later && last ? toCursor(messagePlace(last)) : null,
    };
  };

  const around = (session: SessionKey, limit: number, messageId: number): HistoryPage => {
    const place = messages.placeOf(session, messageId);
    if (!place) throw new DomainError("not_found", "This session has no such message");
    const cursor = toCursor(place);
    const earlier = backward(session, Math.max(1, Math.floor(limit / 2)), cursor);
    const before = limit === 1 ? [] : earlier.rows;
    const found = messages.after(session, { ...place, id: String(messageId - 1) }, 1);
    const later = forward(session, Math.max(1, limit - before.length - 1), cursor);
    const after = limit - before.length - 1 > 0 ? later.rows : [];
    return page([...before, ...found, ...after], {
      earlier: earlier.more || before.length < earlier.rows.length,
      later: later.more || after.length < later.rows.length,
    });
  };

  function* pages(session: SessionKey): Generator<HistoryMessage[]> {
    let place = null;
    for (;;) {
      const rows = messages.after(session, place, EXPORT_PAGE);
      const last = rows.at(-1);
      if (!last) return;
      yield rows;
      place = messagePlace(last);
    }
  }

  return {
    sessions: (filter, limit, cursor) => {
      const found = sessions.page(filter, limit + 1, cursor === undefined ? null : readCursor(cursor));
      const shown = found.slice(0, limit);
      const last = shown.at(-1);
      return { sessions: shown, next: found.length > limit && last ? toCursor(sessionPlace(last)) : null };
    },
    messages: (session, limit, start) => {
      assertKnown(session);
      if (start.around !== undefined) return around(session, limit, start.around);
      if (start.after !== undefined) {
        const { rows, more } = forward(session, limit, start.after);
        return page(rows, { earlier: rows.length > 0, later: more });
      }
      const { rows, more } = backward(session, limit, start.before ?? null);
      return page(rows, { earlier: more, later: start.before !== undefined && rows.length > 0 });
    },
    open: ({ botId, chatId }, messageId, limit) => {
      const session = messages.sessionOf(botId, messageId);
      // Another chat's message is as unknown as one that never was.
      if (!session || (chatId !== undefined && !isOfChat(session, chatId)))
        throw new DomainError("not_found", "This chat has no such message");
      return { ...session, ...around(session, limit, messageId) };
    },
    export: (session, format) => {
      assertKnown(session);
      return writeExport(session, pages(session), format);
    },
    deleteMessage: (session, messageId) => {
      const deleted = deps.deletion.message(session, messageId);
      if (!deleted) throw new DomainError("not_found", "This session has no such message");
      return deleted;
    },
    deleteSession: async (session, before) => {
      assertKnown(session);
      return await deps.deletion.session(session, before);
    },
  };
};
