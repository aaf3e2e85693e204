import { readFile } from "node:fs/promises";
import type { Client } from "@steward/client/client";
import {
  acceptMemory,
  createMemory,
  deleteMemory,
  getMemory,
  listMemories,
  rejectMemory,
  updateMemory,
} from "@steward/contract/memories";
import { listMemoryChanges, memoryHistory, undoMemoryChange } from "@steward/contract/memory-changes";
import { exportMemories, importMemories, memoryFileSchema } from "@steward/contract/memory-files";
import { CommandFailure, EXIT, type ExitCode } from "../exit-codes.ts";
import { readScope } from "../policies/scope.ts";
import { harmlessLine } from "../terminal/harmless.ts";
import { printTable } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { formatMoment } from "../terminal/units.ts";
import { describeChange, describeMemory, ownerName, shown } from "./describe-memory.ts";

export interface MemoryOptions {
  readonly bot?: string;
  readonly chat?: string;
  readonly shared?: boolean;
  readonly proposed?: boolean;
  readonly key?: string;
  readonly text?: string;
  readonly category?: string;
  readonly pin?: boolean;
  readonly until?: string;
  readonly replace?: boolean;
  readonly json?: boolean;
}

export type MemoryVerbs = ReturnType<typeof createMemoryVerbs>;

const PER_CALL = 200;

/** The verbs of `steward memory`; each says what it did and resolves with the exit code. */
export const createMemoryVerbs = ({ client, terminal }: { client: Client; terminal: Terminal }) => {
  const { say, print } = terminal;
  const numberOf = (given: string): number => {
    if (/^#?[1-9]\d{0,14}$/.test(given)) return Number(given.replace("#", ""));
    throw new CommandFailure(
      EXIT.nothingDone,
      say("cli.memory.not_a_number", { given: harmlessLine(given) }),
    );
  };
  const paramsOf = (id: string) => ({ memoryId: numberOf(id) });
  const whose = (options: MemoryOptions): { botId?: string; chatId?: string } => {
    const { botId, chatId } = readScope(options, terminal);
    return { ...(botId !== undefined && { botId }), ...(chatId !== undefined && { chatId }) };
  };
  const untilOf = ({ until }: MemoryOptions): { expiresAt?: number | null } => {
    if (until === undefined) return {};
    if (until === "never") return { expiresAt: null };
    const at = /^\d{4}-\d{2}-\d{2}$/.test(until) ? Date.parse(`${until}T00:00:00Z`) : Number.NaN;
    if (Number.isNaN(at))
      throw new CommandFailure(EXIT.nothingDone, say("cli.memory.not_a_day", { day: harmlessLine(until) }));
    return { expiresAt: at };
  };
  const done = (text: string): ExitCode => {
    print(text);
    return EXIT.ok;
  };

  return {
    list: async (options: MemoryOptions): Promise<ExitCode> => {
      const state = options.proposed === true ? { state: "proposed" as const } : {};
      const query = { ...whose(options), ...state, expired: "true", limit: PER_CALL };
      const { memories, total } = await client.call(listMemories, { query });
      if (options.json === true) return done(JSON.stringify(memories));
      if (memories.length === 0) return done(say("cli.memory.none"));
      printTable(
        terminal,
        [
          ...[say("cli.memory.number"), say("cli.memory.key"), say("cli.memory.text")],
          ...[say("cli.memory.category"), say("cli.memory.for"), say("cli.memory.source")],
          say("cli.memory.changed"),
        ],
        memories.map((memory) => [
          String(memory.id),
          `${memory.pinned ? "📌 " : ""}${memory.state === "proposed" ? "❓ " : ""}${shown(memory.key)}`,
          shown(memory.content),
          shown(memory.category),
          ownerName(memory, terminal),
          memory.sourceUserName ?? memory.origin,
          formatMoment(memory.updatedAt),
        ]),
      );
      if (total > memories.length) print(say("cli.memory.more", { count: total - memories.length }));
      return EXIT.ok;
    },
    show: async (id: string, options: MemoryOptions): Promise<ExitCode> => {
      const memory = await client.call(getMemory, { params: paramsOf(id) });
      return done(options.json === true ? JSON.stringify(memory) : describeMemory(memory, terminal));
    },
    add: async (key: string, content: string, options: MemoryOptions): Promise<ExitCode> => {
      const owner = options.shared === true ? { shared: true as const } : whose(options);
      if (!("shared" in owner) && owner.botId === undefined)
        throw new CommandFailure(EXIT.nothingDone, say("cli.memory.for_whom"));
      const { category, pin } = options;
      const memory = await client.call(createMemory, {
        body: {
          ...{ ...owner, key, content, ...untilOf(options) },
          ...(category !== undefined && { category }),
          ...(pin !== undefined && { pinned: pin }),
        },
      });
      return done(say("cli.memory.added", { id: memory.id }));
    },
    edit: async (id: string, options: MemoryOptions): Promise<ExitCode> => {
      const { key, text, category, pin } = options;
      const body = {
        ...untilOf(options),
        ...(key !== undefined && { key }),
        ...(text !== undefined && { content: text }),
        ...(category !== undefined && { category }),
        ...(pin !== undefined && { pinned: pin }),
      };
      const memory = await client.call(updateMemory, { params: paramsOf(id), body });
      return done(describeMemory(memory, terminal));
    },
    forget: async (id: string): Promise<ExitCode> => {
      const { change } = await client.call(deleteMemory, { params: paramsOf(id) });
      return done(say("cli.memory.forgotten", { id: change.memoryId, change: change.id }));
    },
    undo: async (id: string): Promise<ExitCode> => {
      const input = { params: { changeId: numberOf(id) }, body: {} };
      const { memory } = await client.call(undoMemoryChange, input);
      return done(memory === null ? say("cli.memory.undone_gone") : describeMemory(memory, terminal));
    },
    accept: async (id: string): Promise<ExitCode> => {
      const { memory } = await client.call(acceptMemory, { params: paramsOf(id), body: {} });
      return done(describeMemory(memory, terminal));
    },
    reject: async (id: string): Promise<ExitCode> => {
      const { change } = await client.call(rejectMemory, { params: paramsOf(id), body: {} });
      return done(say("cli.memory.rejected", { id: change.memoryId, change: change.id }));
    },
    history: async (id: string | null, options: MemoryOptions): Promise<ExitCode> => {
      const changes =
        id === null
          ? await client.call(listMemoryChanges, { query: { limit: 50 } })
          : await client.call(memoryHistory, { params: paramsOf(id) });
      if (options.json === true) return done(JSON.stringify(changes));
      if (changes.length === 0) return done(say("cli.memory.no_changes"));
      for (const change of changes) print(describeChange(change, terminal));
      return EXIT.ok;
    },
    export: async (options: MemoryOptions): Promise<ExitCode> =>
      done(JSON.stringify(await client.call(exportMemories, { query: whose(options) }), null, 2)),
    import: async (file: string, options: MemoryOptions): Promise<ExitCode> => {
      const memories = await readMemories(file, terminal);
      const onTaken = options.replace === true ? ("replace" as const) : ("skip" as const);
      const counts = await client.call(importMemories, { body: { ...memories, onTaken, ...whose(options) } });
      return done(say("cli.memory.imported", counts));
    },
  };
};

const readMemories = async (file: string, { say }: Terminal) => {
  try {
    return memoryFileSchema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    const why = harmlessLine(error instanceof Error ? (error.message.split("\n")[0] ?? "") : "");
    throw new CommandFailure(EXIT.nothingDone, say("cli.memory.bad_file", { file: harmlessLine(file), why }));
  }
};
