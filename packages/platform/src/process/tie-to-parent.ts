import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";

/** Where util-linux lies; never looked up by the PATH of what is to be started. */
const SETPRIV_PATHS = ["/usr/bin/setpriv", "/bin/setpriv", "/usr/local/bin/setpriv"];
const PROBE_TIMEOUT_MS = 2_000;

/** A program and its arguments. */
export interface CommandLine {
  command: string;
  args: readonly string[];
}

/**
 * Makes a program end by SIGKILL in the instant its parent dies, whatever the parent died of (Linux: PR_SET_PDEATHSIG,
 * through util-linux's setpriv, which puts the program in its own place: same pid). It must be started from a thread that
 * lives as long as the process: the kernel watches the thread.
 *
 * What the program starts is not tied; its marker finds it.
 */
export interface ParentTie {
  /** False on systems without it (macOS, busybox): programs then outlive a killed parent until they are swept. */
  readonly available: boolean;
  /** The line to start instead; unchanged when the tie is not available, or the program could not be run anyway. */
  tied(line: CommandLine): CommandLine;
}

/** Finds out once whether this machine can do it. */
export const createParentTie = (paths: readonly string[] = SETPRIV_PATHS): ParentTie => {
  const setpriv = paths.find((path) => isExecutable(path) && works(path));
  return {
    available: setpriv !== undefined,
    tied: (line) => {
      // A program that cannot be run is to fail as itself: who starts it tells the reasons apart.
      if (setpriv === undefined || !line.command.startsWith("/") || !isExecutable(line.command)) return line;
      return { command: setpriv, args: ["--pdeathsig", "KILL", "--", line.command, ...line.args] };
    },
  };
};

const works = (path: string): boolean =>
  spawnSync(path, ["--pdeathsig", "KILL", "--", process.execPath, "--version"], {
    stdio: "ignore",
    timeout: PROBE_TIMEOUT_MS,
  }).status === 0;

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === undefined;
  }
};
