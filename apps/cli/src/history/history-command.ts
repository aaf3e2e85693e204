import type { Client } from "@steward/client/client";
import {
  deleteHistoryMessage,
  deleteHistorySession,
  EXPORT_FORMATS,
  exportHistory,
  type HistoryMessage,
  listHistoryMessages,
  listHistorySessions,
} from "@steward/contract/history";
import { legacySessionId } from "@steward/contract/ids";
import { readChatChoice } from "../chat/chat-choice.ts";
import { CommandFailure, EXIT, type ExitCode } from "../exit-codes.ts";
import { harmless, harmlessLine } from "../terminal/harmless.ts";
import { printTable } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { formatMoment } from "../terminal/units.ts";

export interface HistoryOptions {
  readonly chat?: string;
  readonly limit?: string;
  readonly format?: string;
  readonly before?: string;
  readonly message?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

export type HistoryVerbs = ReturnType<typeof createHistoryVerbs>;

const MOST = 200;
const TEXT_CHARACTERS = 60;
/** Written as fast as it is read: a hundred thousand messages take seconds. */
const EXPORT_TIMEOUT_MS = 600_000;
const DELETE_TIMEOUT_MS = 600_000;

/** The verbs of `steward history`; each says what it did and resolves with the exit code. */
export const createHistoryVerbs = ({ client, terminal }: { client: Client; terminal: Terminal }) => {
  const { say, print } = terminal;
  const limitOf = ({ limit }: HistoryOptions, usual: number): number =>
    Math.min(MOST, Math.max(1, Number.parseInt(limit ?? "", 10) || usual));
  const sessionOf = ({ chat }: HistoryOptions) => {
    const address = readChatChoice(chat, terminal);
    return { botId: address.botId, sessionId: legacySessionId(address) };
  };

  return {
    list: async (options: HistoryOptions): Promise<ExitCode> => {
      const limit = limitOf(options, 20);
      const { sessions, next } = await client.call(listHistorySessions, { query: { limit } });
      if (options.json === true) {
        print(JSON.stringify(sessions));
        return EXIT.ok;
      }
      if (sessions.length === 0) {
        print(say("cli.history.none"));
        return EXIT.ok;
      }
      printTable(
        terminal,
        [
          say("cli.history.session"),
          say("cli.history.title"),
          say("cli.history.messages"),
          say("cli.history.last"),
          say("cli.history.text"),
        ],
        sessions.map(({ botId, sessionId, chat, title, messages, lastMessageAt, last }) => [
          chat === null
            ? sessionId
            : [botId, chat.chatId, chat.threadId].filter((part) => part !== "").join("/"),
          title === null ? "–" : harmlessLine(title),
          String(messages),
          formatMoment(lastMessageAt),
          firstLine(last.text),
        ]),
      );
      if (next !== null) print(say("cli.history.more", { limit: Math.min(MOST, limit * 2) }));
      return EXIT.ok;
    },

    show: async (options: HistoryOptions): Promise<ExitCode> => {
      const query = { ...sessionOf(options), limit: limitOf(options, 20) };
      const { messages } = await client.call(listHistoryMessages, { query });
      if (options.json === true) print(JSON.stringify(messages));
      else for (const message of messages) print(describe(message));
      return EXIT.ok;
    },

    export: async (options: HistoryOptions): Promise<ExitCode> => {
      const wanted = options.format ?? "markdown";
      const format = EXPORT_FORMATS.find((known) => known === wanted);
      if (format === undefined) {
        const shown = harmlessLine(wanted);
        throw new CommandFailure(EXIT.nothingDone, say("cli.history.not_a_format", { format: shown }));
      }
      const query = { ...sessionOf(options), format };
      const file = await client.download(exportHistory, { query, timeoutMs: EXPORT_TIMEOUT_MS });
      print((await file.text()).trimEnd());
      return EXIT.ok;
    },

    delete: async (options: HistoryOptions): Promise<ExitCode> => {
      const session = sessionOf(options);
      const before = dayOf(options.before, terminal);
      if (options.yes !== true) {
        print(say("cli.history.confirm", { session: session.sessionId }));
        return EXIT.nothingDone;
      }
      const { deleted, kept } =
        options.message === undefined
          ? await client.call(deleteHistorySession, {
              query: { ...session, ...(before !== null && { before }) },
              timeoutMs: DELETE_TIMEOUT_MS,
            })
          : await client.call(deleteHistoryMessage, {
              params: { messageId: options.message },
              query: session,
            });
      print(say("cli.history.deleted", { count: deleted }));
      if (kept > 0) print(say("cli.history.kept", { count: kept }));
      print(say("cli.history.unfiled"));
      return EXIT.ok;
    },
  };
};

const dayOf = (day: string | undefined, { say }: Terminal): number | null => {
  if (day === undefined) return null;
  const at = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(at))
    throw new CommandFailure(EXIT.nothingDone, say("cli.history.not_a_day", { day: harmlessLine(day) }));
  return at;
};

const firstLine = (text: string): string => {
  const line = harmlessLine(text.trim().split("\n")[0] ?? "");
  return line.length > TEXT_CHARACTERS ? `${line.slice(0, TEXT_CHARACTERS)}…` : line;
};

const describe = ({ id, role, userName, at, text, files }: HistoryMessage): string => {
  const who = role === "assistant" ? "Claude" : harmlessLine(userName ?? "–");
  const sent = files.map(({ name }) => `\n📎 ${harmlessLine(name)}`).join("");
  return `#${id} ${formatMoment(at)} ${who}\n${harmless(text.trim())}${sent}\n`;
};
