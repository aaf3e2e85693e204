import { spawn } from "node:child_process";
import { endProcessTree } from "../../packages/platform/src/process/index.ts";
import { splitLines } from "../steps/split-lines.mjs";

const KILL_MS = 2_000;

/**
 * One run of a supervised program.
 *
 * @typedef {import("../../packages/platform/src/process/index.ts").ProcessExit} ProcessExit
 *
 * @typedef {object} ChildRun
 * @property {Promise<ProcessExit>} exited
 * @property {() => Promise<EndReport>} end SIGTERM, later SIGKILL; resolves when it and its descendants are gone
 *
 * @typedef {{ killed: boolean, survivors: number[] }} EndReport
 */

/**
 * @param {object} program
 * @param {string[]} program.args for `process.execPath`
 * @param {string} program.cwd
 * @param {NodeJS.ProcessEnv} program.env
 * @param {number} program.terminateMs how long it may take to end after SIGTERM
 * @param {(line: string) => void} onLine what it prints
 * @returns {ChildRun}
 */
export function startRun({ args, cwd, env, terminateMs }, onLine) {
  // A group of its own: Ctrl-C must reach the programs through the supervisor, in the right order.
  const child = spawn(process.execPath, args, {
    cwd,
    env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of [child.stdout, child.stderr]) splitLines(stream, onLine);
  /** @type {Promise<ProcessExit>} */
  const exited = new Promise((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
    child.once("error", (error) => {
      onLine(String(error));
      // Could not be started at all: there will be no exit.
      if (child.pid === undefined) resolve({ code: null, signal: null });
    });
  });
  return { exited, end: () => endRun(child, exited, terminateMs) };
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {Promise<ProcessExit>} exited
 * @param {number} terminateMs
 * @returns {Promise<EndReport>}
 */
async function endRun(child, exited, terminateMs) {
  const { pid } = child;
  if (pid === undefined) return { killed: false, survivors: [] };
  const target = {
    pid,
    exited,
    stdin: { write: () => false, end: () => undefined, pendingBytes: 0 },
    kill: (/** @type {NodeJS.Signals} */ signal) => signalGroup(pid, signal),
  };
  const result = await endProcessTree(target, { inputEndMs: 0, terminateMs, killMs: KILL_MS });
  return { killed: result.endedBy === "kill", survivors: result.survivors };
}

/**
 * @param {number} groupId
 * @param {NodeJS.Signals} signal
 */
function signalGroup(groupId, signal) {
  try {
    return process.kill(-groupId, signal);
  } catch {
    // ESRCH: everything in it went between our look and the call.
    return false;
  }
}
