import { accessSync, constants, statSync } from "node:fs";
import type { Clock } from "../clock.ts";
import type { Ids } from "../ids.ts";
import {
  type ProcessSpawner,
  SpawnError,
  type SpawnOptions,
  type SpawnResult,
} from "../process/managed-process.ts";
import type { ProcessTable } from "../process/process-table.ts";
import { type CommandOptions, type CommandResult, runCommand } from "../process/run-command.ts";
import { type Bubblewrap, buildBubblewrapArguments, findSeen } from "./bubblewrap-arguments.ts";
import { enterSandbox } from "./enter-sandbox.ts";
import type { GuardRegistry, HeldGuards } from "./guards/guard-registry.ts";
import type { SandboxRequest } from "./sandbox-request.ts";
import { createSystemView } from "./system-view-cache.ts";
import { createUndoStack, type UndoStack } from "./undo-stack.ts";

export interface SandboxDeps {
  bubblewrap: Bubblewrap;
  spawner: ProcessSpawner;
  table: ProcessTable;
  guards: GuardRegistry;
  clock: Clock;
  ids: Ids;
}

/** `changedGuards`: paths that nothing guards any more, since somebody outside has removed or replaced them. */
export type SandboxSpawnResult =
  | (Extract<SpawnResult, { ok: true }> & { changedGuards(): readonly string[] })
  | Extract<SpawnResult, { ok: false }>;

/** What a short program needs: it gets no network and no files of its own. */
export type SandboxCommandRequest = Omit<
  SandboxRequest,
  "files" | "forwards" | "pathDoors" | "proxy" | "maxProcesses"
>;

/** Starts programs that see, change and reach only what their request names. */
export interface Sandbox {
  /**
   * `options.env` is the program's complete environment, `options.cwd` is not read. The process that comes back is the
   * program itself: its pid as seen from here, its exit, its signals. With it goes everything it has started, however
   * it ends and whoever ends it, us included.
   */
  spawn(options: SpawnOptions, request: SandboxRequest): Promise<SandboxSpawnResult>;
  /** Runs a short program to its end, without any network. Throws what placing the guards throws. */
  run(options: CommandOptions, request: SandboxCommandRequest): Promise<CommandResult>;
}

export function createSandbox(deps: SandboxDeps): Sandbox {
  const systemView = createSystemView(deps.clock);

  /** Only what is there now is mounted. */
  const prepare = (request: SandboxRequest, undo: UndoStack): { args: string[]; guards: HeldGuards } => {
    const system = systemView();
    const guards = deps.guards.take(request.guarded, findSeen(request, system));
    undo.add(() => guards.release());
    const guarded = request.guarded.filter(({ path }) => guards.mounts.includes(path));
    return { args: buildBubblewrapArguments({ ...request, guarded }, system, deps.bubblewrap), guards };
  };

  return {
    async spawn(options, request) {
      const missing = findMissing(options.command, request.cwd);
      if (missing !== null) return { ok: false, error: missing };
      const undo = createUndoStack();
      try {
        let guards: HeldGuards | null = null;
        const arrange = (shown: readonly string[]): string[] => {
          const prepared = prepare({ ...request, readOnly: [...request.readOnly, ...shown] }, undo);
          guards = prepared.guards;
          return prepared.args;
        };
        const process = await enterSandbox(options, request, { ...deps, arrange, undo });
        void process.exited.then(() => undo.unwind());
        return { ok: true, process, changedGuards: () => guards?.changed() ?? [] };
      } catch (cause) {
        undo.unwind();
        const error = cause instanceof SpawnError ? cause : new SpawnError("failed", options.command, cause);
        return { ok: false, error };
      }
    },
    async run(options, request) {
      const undo = createUndoStack();
      try {
        const nowhere = { files: [], forwards: [], pathDoors: [], proxy: null };
        const whole: SandboxRequest = { ...request, ...nowhere, maxProcesses: 0 };
        const { args } = prepare(whole, undo);
        const command = [options.command, ...(options.args ?? [])];
        return await runCommand(
          { ...options, command: deps.bubblewrap.path, args: [...args, "--", ...command], cwd: "/" },
          { spawner: deps.spawner, clock: deps.clock },
        );
      } finally {
        undo.unwind();
      }
    },
  };
}

/** Said here as an ordinary start would say it; from inside it would be bubblewrap's words. */
function findMissing(command: string, cwd: string): SpawnError | null {
  if (statSync(cwd, { throwIfNoEntry: false })?.isDirectory() !== true) {
    return new SpawnError("cwd_missing", command, new Error(`no directory ${cwd}`));
  }
  try {
    accessSync(command, constants.X_OK);
    return null;
  } catch (error) {
    const isAbsent = statSync(command, { throwIfNoEntry: false }) === undefined;
    return new SpawnError(isAbsent ? "not_found" : "not_executable", command, error);
  }
}
