import { spawn } from "node:child_process";
import { parentWatch } from "./parent-watch.mjs";

/** @type {NodeJS.Signals[]} */
const FORWARDED = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Lets another program take this process's place as far as Node can: same terminal, signals passed on, same end.
 * Never returns.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @param {{ passInterrupts?: boolean }} [options] `passInterrupts: false` for programs to which a second Ctrl-C
 *   means something else than the first: a terminal sends it to both processes anyway
 * @returns {Promise<never>}
 */
export function handOver(command, args, env, { passInterrupts = true } = {}) {
  const child = spawn(command, args, { stdio: "inherit", env });
  for (const signal of FORWARDED) {
    process.on(signal, () => {
      if (signal !== "SIGINT" || passInterrupts) child.kill(signal);
    });
  }
  parentWatch(() => child.kill("SIGTERM"));
  return new Promise((_resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      if (signal === null) process.exit(code ?? 1);
      // The shell and npm should see the same end: by the signal itself, not by a number.
      for (const forwarded of FORWARDED) process.removeAllListeners(forwarded);
      process.kill(process.pid, signal);
    });
  });
}
