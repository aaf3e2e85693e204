import type { Client } from "@steward/client/client";
import {
  type Archive,
  archiveChat,
  forgetArchive,
  listArchives,
  restoreArchive,
} from "@steward/contract/archives";
import { readChatChoice } from "../chat/chat-choice.ts";
import { CommandFailure, EXIT, type ExitCode } from "../exit-codes.ts";
import { harmlessLine } from "../terminal/harmless.ts";
import { printTable } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { formatBytes, formatMoment } from "../terminal/units.ts";

export interface ArchiveOptions {
  readonly chat?: string;
}

export type ArchiveVerbs = ReturnType<typeof createArchiveVerbs>;

const SHORT_ID_LENGTH = 8;
/** Gigabytes take minutes to pack and to read back. */
const PACK_TIMEOUT_MS = 1_800_000;

/** The verbs of `steward archive`; each says what it did and resolves with the exit code. */
export const createArchiveVerbs = ({ client, terminal }: { client: Client; terminal: Terminal }) => {
  const { say, print, note } = terminal;
  const chatOf = ({ botId, chatId, threadId }: Archive): string =>
    [botId, chatId, ...(threadId === "" ? [] : [threadId])].join("/");

  const fateOf = ({ restoredAt, failedAt, givenUpAt }: Archive): string => {
    if (restoredAt !== null) return formatMoment(restoredAt);
    if (givenUpAt !== null) return say("cli.archive.given_up");
    return failedAt === null ? "–" : say("cli.archive.failed", { time: formatMoment(failedAt) });
  };

  /** By the end of its id, as the list shows it. */
  const find = async (typed: string): Promise<Archive> => {
    const all = await client.call(listArchives);
    const [found, another] = all.filter(({ id }) => id.endsWith(typed.toLowerCase()));
    if (found !== undefined && another === undefined) return found;
    throw new CommandFailure(EXIT.failed, say("cli.archive.unknown", { id: harmlessLine(typed) }));
  };

  return {
    list: async ({ chat }: ArchiveOptions): Promise<ExitCode> => {
      const query = chat === undefined ? {} : readChatChoice(chat, terminal);
      const archives = await client.call(listArchives, { query });
      if (archives.length === 0) {
        print(say("cli.archive.none"));
        return EXIT.ok;
      }
      const heading = [
        say("cli.archive.id"),
        say("cli.archive.chat"),
        say("cli.archive.files"),
        say("cli.archive.size"),
        say("cli.archive.made"),
        say("cli.archive.restored_at"),
        say("cli.archive.path"),
      ];
      const rows = archives.map((archive) => [
        archive.id.slice(-SHORT_ID_LENGTH),
        chatOf(archive),
        String(archive.files),
        formatBytes(archive.bytes),
        formatMoment(archive.createdAt),
        fateOf(archive),
        archive.path,
      ]);
      printTable(terminal, heading, rows);
      return EXIT.ok;
    },

    restore: async (typed: string): Promise<ExitCode> => {
      const params = { archiveId: (await find(typed)).id };
      const restored = await client.call(restoreArchive, { params, timeoutMs: PACK_TIMEOUT_MS });
      print(say("cli.archive.restored", { files: restored.files, chat: chatOf(restored) }));
      return EXIT.ok;
    },

    forget: async (typed: string): Promise<ExitCode> => {
      const params = { archiveId: (await find(typed)).id };
      const forgotten = await client.call(forgetArchive, { params });
      print(say("cli.archive.forgotten", { chat: chatOf(forgotten), path: forgotten.path }));
      return EXIT.ok;
    },

    now: async ({ chat }: ArchiveOptions): Promise<ExitCode> => {
      const body = readChatChoice(chat, terminal);
      const { archive } = await client.call(archiveChat, { body, timeoutMs: PACK_TIMEOUT_MS });
      if (archive === null) {
        print(say("cli.archive.nothing"));
        return EXIT.ok;
      }
      const { files, bytes, path, id } = archive;
      print(say("cli.archive.packed", { files, size: formatBytes(bytes), path }));
      note(say("cli.archive.hint", { id: id.slice(-SHORT_ID_LENGTH) }));
      return EXIT.ok;
    },
  };
};
