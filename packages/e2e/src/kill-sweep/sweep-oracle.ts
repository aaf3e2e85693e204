import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { SweepPrompt } from "./sweep-prompts.ts";

/** One chat of a sweep: what was asked in it, in order, and what its person saw, in order. */
export interface SweptChat {
  botId: string;
  chatId: string;
  prompts: readonly SweepPrompt[];
  shown: readonly string[];
}

/** What came of the prompts, and every breach of the invariants I1, I2, I4, I6, I7 (fault matrix §1). */
export interface Verdict {
  /** How the turns ended, with their error codes. */
  fates: Record<string, number>;
  /** Turns that were run a second time, none of whose tools had started. */
  retried: number;
  executions: number;
  /** Status messages that were never edited into an answer: a send whose answer died with the bot. */
  strayPlaceholders: number;
  violations: string[];
}

interface TurnRow {
  id: string;
  state: string;
  attempt: number;
  prompt: string;
  started_tools: number;
  result_text: string;
  error_code: string | null;
}

/** Judges a data directory whose service has ended. */
export const judgeSweep = (home: string, chats: readonly SweptChat[]): Verdict => {
  const db = new DatabaseSync(join(home, "steward.db"), { readOnly: true });
  try {
    return judge(home, db, chats);
  } finally {
    db.close();
  }
};

const judge = (home: string, db: DatabaseSync, chats: readonly SweptChat[]): Verdict => {
  const verdict: Verdict = { fates: {}, retried: 0, executions: 0, strayPlaceholders: 0, violations: [] };
  const breach = (text: string): void => void verdict.violations.push(text);
  const all = <Row>(sql: string, ...values: (string | number)[]): Row[] =>
    db.prepare(sql).all(...values) as Row[];

  const [integrity] = all<{ integrity_check: string }>("PRAGMA integrity_check");
  if (integrity?.integrity_check !== "ok") breach(`I4: ${integrity?.integrity_check}`);
  for (const { id, state } of all<{ id: number; state: string }>(
    "SELECT id, state FROM inbox WHERE state = 'pending'",
  ))
    breach(`I1: inbox row ${id} is still ${state}`);

  for (const chat of chats) {
    const turns = all<TurnRow>(
      "SELECT t.* FROM turns t JOIN chats c ON c.id = t.chat_ref WHERE c.bot_id = ? AND c.chat_id = ? ORDER BY t.seq",
      chat.botId,
      chat.chatId,
    );
    const ran = executionsIn(join(home, "workspaces", chat.botId, chat.chatId, "executions.log"));
    for (const prompt of chat.prompts) judgePrompt(prompt, turns, ran, chat, db, verdict);
    judgeOrder(chat, turns, breach);
    verdict.executions += ran.length;
    verdict.strayPlaceholders += straysIn(chat, db);
  }
  return verdict;
};

const judgePrompt = (
  prompt: SweepPrompt,
  turns: readonly TurnRow[],
  ran: readonly string[],
  chat: SweptChat,
  db: DatabaseSync,
  verdict: Verdict,
): void => {
  const breach = (text: string): void => void verdict.violations.push(`${text} (prompt ${prompt.id})`);
  const own = turns.filter((turn) => turn.prompt === prompt.text);
  const [turn] = own;
  if (!turn || own.length > 1) {
    breach(`I1: ${own.length} turns`);
    return;
  }
  const fate = turn.error_code === null ? turn.state : `${turn.state}: ${turn.error_code}`;
  verdict.fates[fate] = (verdict.fates[fate] ?? 0) + 1;
  if (turn.attempt > 1) verdict.retried += 1;
  if (!["done", "interrupted", "failed"].includes(turn.state)) breach(`I1, I6: its turn is ${turn.state}`);
  if (turn.attempt > 2) breach(`attempted ${turn.attempt} times`);

  for (const token of prompt.executions) {
    const times = ran.filter((line) => line === token).length;
    if (times > 1) breach(`a tool ran ${times} times`);
    if (times > 0 && turn.started_tools === 0) breach("a tool ran that was not written down first");
    if (times === 0 && turn.state === "done") breach("answered without having run its tool");
  }

  const answers = db.prepare("SELECT state, text FROM deliveries WHERE turn_id = ?").all(turn.id) as {
    state: string;
    text: string;
  }[];
  if (answers.length !== 1) breach(`I2: ${answers.length} deliveries`);
  if (answers[0]?.state !== "delivered") breach(`I2: its delivery is ${answers[0]?.state}`);
  const finals = chat.shown.filter((text) => text.includes(prompt.answer)).length;
  if (turn.state === "done" && finals !== 1) breach(`I2: its answer stands ${finals} times in the chat`);
  if (turn.state !== "done" && finals > 1)
    breach(`I2: its partial answer stands ${finals} times in the chat`);
};

/** I2 and I7: what the chat shows is what the outbox says, each once, in the order of the prompts. */
const judgeOrder = (chat: SweptChat, turns: readonly TurnRow[], breach: (text: string) => void): void => {
  const asked = new Set(chat.prompts.map(({ text }) => text));
  const expected = turns
    .filter(({ prompt }) => asked.has(prompt))
    .map(({ result_text }) => result_text.trim());
  const known = new Set(expected);
  const seen = chat.shown.map((text) => text.trim()).filter((text) => known.has(text));
  if (JSON.stringify(seen) !== JSON.stringify(expected))
    breach(`I2, I7: chat ${chat.chatId} shows\n${seen.join("\n")}\ninstead of\n${expected.join("\n")}`);
};

const straysIn = (chat: SweptChat, db: DatabaseSync): number => {
  const sent = db
    .prepare(
      "SELECT count(*) AS n FROM deliveries d JOIN chats c ON c.id = d.chat_ref WHERE c.bot_id = ? AND c.chat_id = ?",
    )
    .get(chat.botId, chat.chatId) as { n: number };
  return Math.max(0, chat.shown.length - sent.n);
};

const executionsIn = (path: string): string[] =>
  existsSync(path)
    ? readFileSync(path, "utf8")
        .split("\n")
        .filter((line) => line !== "")
    : [];
