import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Clock, Timer } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import { readPlainText } from "@steward/platform/plain-file";
import type { EventHub } from "../events/event-hub.ts";
import type { CommandProblem, OwnCommandFile } from "./own-command.ts";
import { commandFile, parseOwnCommand } from "./parse-own-command.ts";

export interface OwnCommandBook {
  commands: readonly OwnCommandFile[];
  problems: readonly CommandProblem[];
}

/** The commands that people have written as files. */
export interface OwnCommands {
  /** As the files are now. */
  read(): Promise<OwnCommandBook>;
  /** As they were at the last look. */
  known(): OwnCommandBook;
  /** Looks at the files from time to time, and tells (`commands_changed`) when there is something else. */
  start(): void;
  stop(): void;
}

const LOOK_EVERY_MS = 5_000;
const MOST_FILES = 100;
const MOST_BYTES = 65_536;
/** Group or others may write it. */
const OTHERS_WRITE = 0o022;

const NOTHING: OwnCommandBook = { commands: [], problems: [] };

export const createOwnCommands = (deps: {
  directory: string;
  homeDirectory: string;
  hub: Pick<EventHub, "publish">;
  clock: Pick<Clock, "setTimer">;
  log: Logger;
}): OwnCommands => {
  const { directory, clock, log } = deps;
  let seen = "";
  let book = NOTHING;
  let lastRead: Promise<unknown> = Promise.resolve();
  let timer: Timer | null = null;

  /** The folder as it looks from outside: what has not changed is not read again. */
  const look = (): { file: string; stamp: string; safe: boolean }[] => {
    let names: string[];
    try {
      names = readdirSync(directory).filter((file) => commandFile(file) !== null);
    } catch {
      // There is no such folder: nobody has written a command.
      return [];
    }
    return names.sort().flatMap((file) => {
      const stat = lstatSync(join(directory, file), { throwIfNoEntry: false });
      if (stat === undefined) return [];
      const stamp = [stat.ino, stat.mtimeMs, stat.ctimeMs, stat.size, stat.mode].join(" ");
      return [{ file, stamp, safe: (stat.mode & OTHERS_WRITE) === 0 }];
    });
  };

  const readFile = async (file: string, safe: boolean): Promise<OwnCommandFile> => {
    const named = commandFile(file);
    if (named === null) throw new Error("its name is no command's");
    if (!safe) throw new Error("others than you may write it: chmod go-w");
    const text = readPlainText(join(directory, file), MOST_BYTES);
    if (text === null) throw new Error("it is no plain file of 64 KB at most that can be read");
    return await parseOwnCommand(named, text, deps.homeDirectory);
  };

  const readAll = async (files: ReturnType<typeof look>): Promise<OwnCommandBook> => {
    const commands = new Map<string, OwnCommandFile>();
    const problems: CommandProblem[] = files
      .slice(MOST_FILES)
      .map(({ file }) => ({ file, problem: `there are more than ${MOST_FILES} files` }));
    for (const { file, safe } of files.slice(0, MOST_FILES)) {
      try {
        const command = await readFile(file, safe);
        if (commands.has(command.name)) throw new Error(`another file has the name /${command.name} already`);
        commands.set(command.name, command);
      } catch (error) {
        problems.push({ file, problem: error instanceof Error ? error.message : String(error) });
      }
    }
    return { commands: [...commands.values()], problems };
  };

  const refresh = async (): Promise<OwnCommandBook> => {
    const files = look();
    const stamp = JSON.stringify(files);
    if (stamp === seen) return book;
    const next = await readAll(files);
    seen = stamp;
    book = next;
    for (const { file, problem } of next.problems)
      log.warn({ file, problem }, "an own command cannot be used");
    deps.hub.publish("commands_changed", {});
    return next;
  };

  const read = (): Promise<OwnCommandBook> => {
    // One after the other: whoever asks is told of what was there when they asked.
    const next = lastRead.then(refresh, refresh);
    lastRead = next;
    return next;
  };

  const watch = (): void => {
    timer = clock.setTimer(
      LOOK_EVERY_MS,
      () => {
        void read()
          .catch((error: unknown) => log.warn({ err: error }, "own commands could not be looked at"))
          .then(() => {
            if (timer !== null) watch();
          });
      },
      { unref: true },
    );
  };

  return {
    read,
    known: () => book,
    start: () => {
      if (timer !== null) return;
      void read().catch((error: unknown) => log.warn({ err: error }, "own commands could not be looked at"));
      watch();
    },
    stop: () => {
      timer?.cancel();
      timer = null;
    },
  };
};
