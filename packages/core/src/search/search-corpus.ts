import { legacySessionId } from "@steward/contract/ids";
import type { SearchedKind } from "@steward/schema/enums";
import { botNumber, botToken, chatToken } from "@steward/schema/search-scopes";
import type { OpenDatabase } from "@steward/schema/sqlite";
import type { MemorySearch, MessageScope, MessageSearch } from "./search-service.ts";

type Values = Record<string, string | number>;

/** The rows that a search may find, in the words of each index. Every list is cut by it before it is cut by length. */
export interface Corpus {
  kind: SearchedKind;
  table: "chat_messages" | "memories";
  /** What full text is narrowed by; empty = nothing. */
  tokens: string[];
  /** About the row `m`, without the tokens' part; null = the tokens say it all. */
  filter: string | null;
  /** About the row `m`, all of it: nothing is handed out that it does not hold for. */
  where: string;
  values: Values;
  /** Numbers of the bot and the chats; null = all. */
  bot: number | null;
  chats: number[] | null;
  search: { role?: string; source?: string; from?: number; to?: number };
}

/** @returns null when nothing of that scope was ever written */
export const messageCorpus = (sqlite: OpenDatabase["sqlite"], search: MessageSearch): Corpus | null => {
  const scope = scopeOf(sqlite, search.scope);
  if (scope === null) return null;
  const filters: string[] = [];
  const values: Values = { ...scope.values };
  const filter = (condition: string, name: string, value: string | number | undefined): void => {
    if (value === undefined) return;
    filters.push(condition);
    values[name] = value;
  };
  filter("m.role = @role", "role", search.role);
  filter("m.source = @source", "source", search.source);
  filter("m.created_at >= @from", "from", search.from);
  filter("m.created_at < @to", "to", search.to);
  return {
    ...scope,
    kind: "message",
    table: "chat_messages",
    filter: filters.length > 0 ? filters.join(" AND ") : null,
    where: [...scope.conditions, ...filters].join(" AND ") || "1",
    values,
    search,
  };
};

/** Memories are few and their rows say whose they are. */
export const memoryCorpus = (search: MemorySearch, now: number): Corpus => {
  const { scope } = search;
  const states = search.states ?? ["accepted"];
  const conditions = [
    "(m.expires_at IS NULL OR m.expires_at > @now)",
    "m.state IN (SELECT value FROM json_each(@states))",
  ];
  const values: Values = { now, states: JSON.stringify(states) };
  if (search.category !== undefined) {
    conditions.push("m.category = @category");
    values.category = search.category;
  }
  if (scope !== "all") {
    const ids = "for" in scope ? scope.for : scope;
    conditions.push(
      "for" in scope
        ? "(m.bot_id = '' OR (m.bot_id = @bot AND m.chat_id IN ('', @chat)))"
        : ids.chatId === undefined
          ? "m.bot_id = @bot"
          : "m.bot_id = @bot AND m.chat_id = @chat",
    );
    values.bot = ids.botId;
    if (ids.chatId !== undefined) values.chat = ids.chatId;
  }
  const where = conditions.join(" AND ");
  return {
    kind: "memory",
    table: "memories",
    tokens: [],
    filter: where,
    where,
    values,
    bot: null,
    chats: null,
    search: {},
  };
};

interface Scope extends Pick<Corpus, "tokens" | "bot" | "chats" | "values"> {
  conditions: string[];
}

const scopeOf = (sqlite: OpenDatabase["sqlite"], { botId, chatId, threadId }: MessageScope): Scope | null => {
  if (botId === undefined) return { tokens: [], bot: null, chats: null, conditions: [], values: {} };
  const bot = botNumber(sqlite, botId);
  if (bot === null) return null;
  if (chatId === undefined) {
    return {
      ...{ tokens: [botToken(bot)], bot, chats: null },
      ...{ conditions: ["m.bot_id = @bot"], values: { bot: botId } },
    };
  }
  const sessions = sessionsOfChat(sqlite, bot, { botId, chatId, threadId });
  if (sessions.length === 0) return null;
  return {
    tokens: sessions.map(({ id }) => chatToken(id)),
    bot,
    chats: sessions.map(({ id }) => id),
    conditions: ["m.bot_id = @bot", "m.session_id IN (SELECT value FROM json_each(@sessions))"],
    values: { bot: botId, sessions: JSON.stringify(sessions.map(({ sessionId }) => sessionId)) },
  };
};

const sessionsOfChat = (
  sqlite: OpenDatabase["sqlite"],
  bot: number,
  { botId, chatId, threadId }: { botId: string; chatId: string; threadId: string | undefined },
): { id: number; sessionId: string }[] => {
  const name = legacySessionId({ botId, chatId, threadId: threadId ?? "" });
  const rows = sqlite
    .prepare(
      `SELECT id, session_id AS sessionId FROM search_chats
       WHERE bot = ? AND (session_id = ? OR (session_id >= ? || '.t' AND session_id < ? || '.u'))`,
    )
    .all(bot, name, name, name) as { id: number; sessionId: string }[];
  return rows.filter(
    ({ sessionId }) =>
      sessionId === name || (threadId === undefined && /^\d+$/.test(sessionId.slice(name.length + 2))),
  );
};
