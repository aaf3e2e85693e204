import { createCommandRuns } from "../commands/command-runs.ts";
import { createCommandService } from "../commands/command-service.ts";
import { createOwnCommands } from "../commands/own-commands.ts";
import { createRunProgram } from "../commands/run-program.ts";
import type { CoreDeps } from "../core-deps.ts";
import type { Records } from "./wire-records.ts";
import type { Turns } from "./wire-turns.ts";

export type Commands = ReturnType<typeof wireCommands>;

/** Commands that are no part of Steward. */
export const wireCommands = (deps: CoreDeps, records: Records, { turnService }: Turns) => {
  const { surroundings, clock, ids, log, database } = deps;
  const { hub } = records;
  const own = createOwnCommands({
    directory: surroundings.commandsDirectory,
    homeDirectory: surroundings.homeDirectory,
    hub,
    clock,
    log,
  });
  const commands = createCommandService({
    ...records,
    own,
    runs: createCommandRuns({ db: database.db, clock }),
    runProgram: createRunProgram({ environment: surroundings.commandEnvironment, clock, ids }),
    turns: turnService,
  });
  return { own, commands };
};
