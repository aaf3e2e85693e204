import { spawn } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { onStopSignal } from "../supervisor/stop-signals.mjs";
import { readReport } from "./test-report.mjs";

/**
 * Runs the Vitest configuration of a folder; its own progress goes to the terminal.
 *
 * @param {object} options
 * @param {string} options.name of the run, and of its report
 * @param {string} options.root the checkout
 * @param {string} options.folder where the configuration lies
 * @param {NodeJS.ProcessEnv} options.env
 * @param {readonly string[]} [options.flags] more of Vitest's own
 * @returns {Promise<import("./test-report.mjs").Totals>}
 */
export async function runVitest({ name, root, folder, env, flags = [] }) {
  const reports = join(root, "test-results");
  const report = join(reports, `${name}.json`);
  mkdirSync(reports, { recursive: true });
  rmSync(report, { force: true });
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
  const args = [vitest, "run", "--passWithNoTests", "--reporter=default", "--reporter=json", ...flags];
  const exitCode = await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...args, `--outputFile.json=${report}`], {
      cwd: folder,
      env,
      stdio: ["ignore", "inherit", "inherit"],
    });
    // Told to stop: the rest of the tests has no meaning any more.
    onStopSignal(() => {
      child.once("exit", () => process.exit(130));
      child.kill("SIGTERM");
    });
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });
  return readReport(name, report, exitCode);
}
