import { constants as osConstants } from "node:os";
import type { Clock } from "../clock.ts";
import type { ManagedProcess, ProcessExit } from "../process/managed-process.ts";
import { identity } from "../process/marked-processes.ts";
import type { ProcessEntry, ProcessTable } from "../process/process-table.ts";

/** bubblewrap outside, its first process inside (whose end is the end of all), and the program, as seen from outside. */
export interface SandboxLine {
  init: ProcessEntry;
  program: ProcessEntry;
}

/** Call while the program has not begun: later its orphans are children of the same first process. */
export function findSandboxLine(wrapperPid: number, table: ProcessTable): SandboxLine | null {
  const entries = table.list();
  const init = entries.find(({ parentPid }) => parentPid === wrapperPid);
  const program = init && entries.find(({ parentPid }) => parentPid === init.pid);
  return init && program ? { init, program } : null;
}

const GONE_WITHIN_MS = 2_000;
const POLL_MS = 3;

/**
 * The wrapped program as if it had been started by itself. A signal goes to the program alone: bubblewrap would die of
 * it and take the program along, unsaved. SIGKILL goes to all, and the kernel ends whatever lives in the name space.
 */
export function presentAsOne(
  wrapper: ManagedProcess,
  { init, program }: SandboxLine,
  deps: { table: ProcessTable; clock: Clock },
): ManagedProcess {
  let gone = false;
  void wrapper.exited.then(() => {
    gone = true;
  });
  const untilEmpty = async (): Promise<void> => {
    const deadlineMs = deps.clock.monotonicMs() + GONE_WITHIN_MS;
    const lives = (): boolean =>
      deps.table.list().some((entry) => !entry.isZombie && identity(entry) === identity(init));
    while (lives() && deps.clock.monotonicMs() < deadlineMs) await deps.clock.sleep(POLL_MS);
  };
  const exited = wrapper.exited.then(async (exit) => {
    await untilEmpty();
    return asProgramExit(exit);
  });
  return {
    pid: program.pid,
    stdin: wrapper.stdin,
    stderrTail: () => wrapper.stderrTail(),
    exited,
    drained: wrapper.drained.then(() => exited),
    kill(signal) {
      if (gone) return false;
      return signal === "SIGKILL" ? wrapper.kill(signal) : send(program.pid, signal);
    },
  };
}

const REPORTED_SIGNALS = ["SIGKILL", "SIGSEGV", "SIGABRT", "SIGBUS", "SIGILL"] as const;

/** bubblewrap reports a signal as a shell does. What the program itself exits with (143 after SIGTERM) stays a code. */
function asProgramExit(exit: ProcessExit): ProcessExit {
  const signal = REPORTED_SIGNALS.find((name) => exit.code === 128 + osConstants.signals[name]);
  return signal === undefined ? exit : { code: null, signal };
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    // It has just gone; its exit is on its way.
    return false;
  }
}
