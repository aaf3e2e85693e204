import type { Clock } from "@steward/platform/clock";
import { createJsonLineReader } from "@steward/platform/json-lines";
import type { Logger } from "@steward/platform/logger";
import {
  DEFAULT_END_PLAN,
  type EndPlan,
  endProcessTree,
  type ProcessExit,
  type ProcessTable,
} from "@steward/platform/process";
import { CliError, type CliExit, type CliLaunch } from "../cli-driver.ts";
import type { CliConfinement } from "../confinement/cli-confinement.ts";
import { buildLaunchArguments, buildLaunchEnvironment } from "../launch/launch-arguments.ts";

export interface CliProcessDeps {
  clock: Clock;
  confinement: CliConfinement;
  table: ProcessTable;
  log: Logger;
}

export interface CliProcessListener {
  onLine(line: string): void;
  onOversize(bytes: number): void;
  /** It has closed its stdin and would never hear from us again. */
  onInputBroken(): void;
  /** It has gone and its last line has been delivered; what it had started is being ended. */
  onGone(how: string): void;
}

/** The operating system's side of a session: bytes in, lines out, and an end that leaves nothing behind. */
export interface CliProcess {
  readonly pid: number;
  readonly isGone: boolean;
  /** What nothing guards any more (`ConfinedSpawnResult`). */
  changedGuards(): readonly string[];
  /** `false` when nobody will read it. */
  write(line: string): boolean;
  readonly exited: Promise<CliExit>;
  /** Ends it by the plan; a second call with a hastier plan hastens the first. Resolves when `exited` does. */
  end(plan: EndPlan): Promise<CliExit>;
}

/** A longer line is dropped: some have been reported at 50 MB, all of them tool output. */
const MAX_LINE_BYTES = 32 * 1_048_576;

const GUARDS_CHANGED =
  "guarded files were replaced while a session worked beside them: look at what they say before you go on";

/** @throws CliError `cli_not_found`, `cli_spawn_failed` */
export async function startCliProcess(
  launch: CliLaunch,
  listener: CliProcessListener,
  deps: CliProcessDeps,
): Promise<CliProcess> {
  const { clock, table, log } = deps;
  const reader = createJsonLineReader({
    maxLineBytes: MAX_LINE_BYTES,
    onLine: listener.onLine,
    onOversize: listener.onOversize,
  });
  const spawned = await deps.confinement.spawn(
    {
      command: launch.binary.path,
      args: buildLaunchArguments(launch),
      cwd: launch.cwd,
      env: buildLaunchEnvironment(launch),
      // Without us it would run a tool whose hook we have not answered: it takes the lost answer for a yes.
      dieWithParent: true,
      onStdout: (chunk) => reader.push(chunk),
      onInputBroken: listener.onInputBroken,
    },
    launch,
  );
  if (!spawned.ok) {
    const code = spawned.error.code === "not_found" ? "cli_not_found" : "cli_spawn_failed";
    throw new CliError(
      code,
      spawned.error.code === "failed"
        ? spawned.error.message
        : `${spawned.error.code}: ${launch.binary.path}`,
      { cause: spawned.error },
    );
  }
  const child = spawned.process;
  const changedGuards = (): readonly string[] => spawned.changedGuards?.() ?? [];
  let isGone = false;
  let weEndedIt = false;
  let swept = 0;

  /** Never rejects: a process table that cannot be read must not leave anybody waiting. */
  const endTree = async (plan: EndPlan): Promise<ProcessExit | null> => {
    try {
      const result = await endProcessTree(child, plan, { clock, table, marker: launch.marker });
      swept += result.swept;
      if (result.survivors.length > 0) {
        log.error({ pid: child.pid, survivors: result.survivors }, "processes survived the sweep");
      }
      return result.exit;
    } catch (error) {
      log.error({ err: error, pid: child.pid }, "ending a process tree failed");
      child.kill("SIGKILL");
      return null;
    }
  };

  let ending: Promise<ProcessExit | null> | undefined;
  // A process stuck in the kernel survives SIGKILL; after the plan's last step nobody waits for it any longer.
  let giveUp: () => void = () => undefined;
  const givenUp = new Promise<ProcessExit>((resolve) => {
    giveUp = () => resolve({ code: null, signal: null });
  });

  const watchExit = async (): Promise<CliExit> => {
    await Promise.race([child.exited, givenUp]);
    // Also when it went by itself: what it had started must not outlive it, nor hold its stdout open.
    const sweeping = ending ?? endTree(DEFAULT_END_PLAN);
    const exit = await Promise.race([child.drained, givenUp]);
    isGone = true;
    reader.end();
    const changed = changedGuards();
    if (changed.length > 0) log.warn({ pid: child.pid, changed }, GUARDS_CHANGED);
    listener.onGone(exit.signal === null ? `exit code ${exit.code ?? "unknown"}` : `signal ${exit.signal}`);
    await sweeping;
    return {
      ...exit,
      stderrTail: child.stderrTail(),
      reason: weEndedIt ? "ended" : exit.signal === null ? "exited" : "killed",
      swept,
    };
  };
  const exited = watchExit();

  return {
    pid: child.pid,
    exited,
    changedGuards,
    get isGone() {
      return isGone;
    },
    write: (line) => child.stdin.write(`${line}\n`),
    async end(plan) {
      if (ending !== undefined) {
        // Whoever is in more of a hurry wins: the first steps of a gentle end may be waiting for a hung tool.
        if (plan.inputEndMs === 0) child.kill("SIGTERM");
      } else if (!isGone) {
        weEndedIt = true;
        ending = endTree(plan);
        if ((await ending) === null) giveUp();
      }
      return await exited;
    },
  };
}
