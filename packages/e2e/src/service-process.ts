import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";

export interface ServiceProcess {
  readonly pid: number;
  /** Everything it printed, both streams. */
  output(): string;
  running(): boolean;
  /** Resolves when the output contains `text`; rejects with the output when the process ends before. */
  printed(text: string): Promise<void>;
  /** Sends the signal and resolves with the exit code (null when a signal ended it). */
  end(signal: NodeJS.Signals): Promise<number | null>;
  readonly exited: Promise<number | null>;
}

/** What the supervisor starts every program with. */
const { programArguments, programEnvironment } = (
  JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")) as {
    steward: { programArguments: string[]; programEnvironment: Record<string, string> };
  }
).steward;

/** Ends a program whose test runner was killed, as it ends one whose supervisor was. */
const LEAVE_WITH_PARENT = new URL("../../../scripts/supervisor/leave-with-parent.mjs", import.meta.url).href;

/**
 * Starts one of Steward's programs as it is started for real, with this environment alone. With `STEWARD_FAILPOINTS`
 * in it, it is the test build that can be armed.
 */
export const startService = (
  entry: string,
  env: Record<string, string>,
  args: string[] = [],
): ServiceProcess => {
  const testBuild = env.STEWARD_FAILPOINTS === undefined ? [] : ["--conditions=steward-test"];
  const nodeArguments = [...programArguments, ...testBuild, "--import", LEAVE_WITH_PARENT];
  const child: ChildProcess = spawn(process.execPath, [...nodeArguments, entry, ...args], {
    env: { ...programEnvironment, ...env, STEWARD_PARENT_PID: String(process.pid) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const watchers = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      for (const watch of [...watchers]) watch();
    });
  }
  const exited = once(child, "exit").then(([code]) => {
    for (const watch of [...watchers]) watch();
    return code as number | null;
  });
  const running = () => child.exitCode === null && child.signalCode === null;
  if (child.pid === undefined) throw new Error(`${entry} could not be started`);

  return {
    pid: child.pid,
    exited,
    output: () => output,
    running,
    printed: (text) =>
      new Promise((resolve, reject) => {
        const watch = () => {
          if (output.includes(text)) resolve();
          else if (!running()) reject(new Error(`ended before printing ${JSON.stringify(text)}:\n${output}`));
          else return;
          watchers.delete(watch);
        };
        watchers.add(watch);
        watch();
      }),
    end: (signal) => {
      if (running()) child.kill(signal);
      return exited;
    },
  };
};
