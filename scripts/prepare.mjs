import { ensureInstalled } from "./install.mjs";
import { createSteps, StepError } from "./steps/steps.mjs";
import { enterToolchain } from "./toolchain.mjs";

/**
 * The first two steps of every command: the tools, then the dependencies. Only what is imported after it may need
 * either. A failure ends the process with the step's name and what to do.
 *
 * @param {number} totalSteps of the whole command, these two included
 */
export async function prepare(totalSteps) {
  const toolchain = await enterToolchain();
  const steps = createSteps(totalSteps);
  try {
    await steps.run("Tools", async () => `Node ${toolchain.node.version}, pnpm ${toolchain.pnpm.version}`);
    await steps.run("Dependencies", (say) => ensureInstalled(toolchain, say));
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
  return { toolchain, steps };
}
