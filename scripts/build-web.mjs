import { join } from "node:path";
import { lastLines, runCommand } from "./steps/run-command.mjs";
import { StepError } from "./steps/steps.mjs";

/**
 * Builds the web UI, or sees that what lies there was made of the same sources.
 *
 * @param {Pick<import("./toolchain.mjs").Toolchain, "root" | "env">} toolchain
 * @returns {Promise<string>} the outcome for a person
 * @throws {StepError} with the end of the build's output
 */
export async function ensureWebBuilt({ root, env }) {
  const turbo = join(root, "node_modules", ".bin", "turbo");
  const args = ["run", "build", "--filter=@steward/web", "--output-logs=new-only"];
  const { code, output } = await runCommand(turbo, args, { cwd: root, env: { ...env, NO_COLOR: "1" } });
  if (code !== 0) {
    throw new StepError(`${lastLines(output, 25)}\nThe web UI could not be built: see the messages above.`);
  }
  return /^ *Cached: +(\d+) cached, \1 total/m.test(output) ? "up to date" : "built";
}

/**
 * The same as a step of a start, which goes on without the web UI: whoever opens it is told that it is missing.
 *
 * @param {Pick<import("./toolchain.mjs").Toolchain, "root" | "env">} toolchain
 * @param {ReturnType<typeof import("./steps/steps.mjs").createSteps>} steps one step is taken
 */
export async function buildWebStep(toolchain, steps) {
  try {
    await steps.run("Web UI", () => ensureWebBuilt(toolchain));
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    console.error(`${error.message}\nSteward starts without it.`);
  }
}
