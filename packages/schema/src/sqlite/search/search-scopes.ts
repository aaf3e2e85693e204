import type Sqlite from "better-sqlite3";

/** A bot and a session of it by the numbers that the indexes filter by. */
export interface ScopeNumbers {
  bot: number;
  chat: number;
}

/** The numbers of a session, given out now when it has none yet. Runs inside the transaction of whoever calls. */
export const scopeNumbersOf = (sqlite: Sqlite.Database, botId: string, sessionId: string): ScopeNumbers => {
  sqlite.prepare("INSERT INTO search_bots (bot_id) VALUES (?) ON CONFLICT DO NOTHING").run(botId);
  const bot = botNumber(sqlite, botId) ?? 0;
  sqlite
    .prepare("INSERT INTO search_chats (bot, session_id) VALUES (?, ?) ON CONFLICT DO NOTHING")
    .run(bot, sessionId);
  const { id } = sqlite
    .prepare("SELECT id FROM search_chats WHERE bot = ? AND session_id = ?")
    .get(bot, sessionId) as { id: number };
  return { bot, chat: id };
};

/** Null for a bot of which nothing was indexed. */
export const botNumber = (sqlite: Sqlite.Database, botId: string): number | null => {
  const row = sqlite.prepare("SELECT id FROM search_bots WHERE bot_id = ?").get(botId);
  return (row as { id: number } | undefined)?.id ?? null;
};

/** Integer tokens: the tokenizer cuts what has other signs in it. */
export const scopeTokens = ({ bot, chat }: ScopeNumbers): string => `${botToken(bot)} ${chatToken(chat)}`;
export const botToken = (bot: number): string => `b${bot}`;
export const chatToken = (chat: number): string => `c${chat}`;
