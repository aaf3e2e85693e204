import { spawn } from "node:child_process";
import { splitLines } from "./split-lines.mjs";

const KEPT_CHARACTERS = 2_000_000;

/**
 * Runs a program to its end and keeps what it printed, stdout and stderr together, line by line.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {object} options
 * @param {string} options.cwd
 * @param {NodeJS.ProcessEnv} options.env
 * @param {(line: string) => void} [options.onLine] each line as it comes
 * @returns {Promise<{ code: number, output: string }>} a program ended by a signal counts as code 1
 */
export function runCommand(command, args, { cwd, env, onLine }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      splitLines(stream, (line) => {
        output = `${output}${line}\n`.slice(-KEPT_CHARACTERS);
        onLine?.(line);
      });
    }
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

/**
 * @param {string} output
 * @param {number} count
 */
export function lastLines(output, count) {
  return output.trimEnd().split("\n").slice(-count).join("\n");
}
