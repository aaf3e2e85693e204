import { join } from "node:path";
import { ensureWebBuilt } from "../build-web.mjs";
import { listChecks } from "../checks/checks.mjs";
import { runChecks } from "../checks/run-checks.mjs";
import { StepError } from "../steps/steps.mjs";
import { ensureBubblewrap } from "./bubblewrap.mjs";
import { ensureChromium } from "./chromium.mjs";
import { runVitest } from "./run-vitest.mjs";
import { ensureSecondCli } from "./second-cli.mjs";
import { createTestEnvironment } from "./test-environment.mjs";
import { add, noTests, summarize } from "./test-report.mjs";

/**
 * Everything that `npm test` does once tools and dependencies are there. A failed step counts as a failure and the
 * next one runs all the same: one run tells everything. The last line is the sum.
 *
 * @param {import("../toolchain.mjs").Toolchain} toolchain
 * @param {ReturnType<typeof import("../steps/steps.mjs").createSteps>} steps seven steps are taken
 * @returns {Promise<number>} the exit code
 */
export async function runTests(toolchain, steps) {
  const { root } = toolchain;
  let totals = noTests();
  /** @type {(title: string, work: (say: (text: string) => void) => Promise<string>) => Promise<void>} */
  const step = async (title, work) => {
    try {
      await steps.run(title, work);
    } catch (error) {
      // Failed tests are counted already; any other failure is one more.
      if (error instanceof TestsFailedError) return;
      const message =
        error instanceof StepError ? error.message : String(error instanceof Error ? error.stack : error);
      console.error(message);
      totals = add(totals, {
        ...noTests(),
        failed: 1,
        failures: [`${title}: ${message.split("\n").at(-1)}`],
      });
    }
  };

  /** @type {string | undefined} */
  let chromium;
  /** @type {string | undefined} */
  let secondCli;
  await step("Chromium", async (say) => {
    chromium = await ensureChromium(toolchain, say);
    return chromium;
  });
  await step("bubblewrap", (say) => ensureBubblewrap(toolchain, say));
  await step("Second Claude CLI", async (say) => {
    secondCli = await ensureSecondCli(toolchain, say);
    return toolchain.pins.testCliSecond;
  });
  // What a fresh clone does not have, and what is tested in a browser.
  await step("Web UI", () => ensureWebBuilt(toolchain));
  await step("Check", async () => {
    const failed = await runChecks(listChecks(toolchain), (line) => console.log(line));
    if (failed.length > 0) throw new StepError(`check failed: ${failed.join(", ")}`);
    return "clean";
  });

  const env = createTestEnvironment(toolchain.env, {
    CHROMIUM_PATH: chromium,
    STEWARD_TEST_CLI_SECOND: secondCli,
  });
  /** @type {(name: string, folder: string, flags?: readonly string[]) => Promise<string>} */
  const vitest = async (name, folder, flags) => {
    const run = await runVitest({ name, root, folder, env, flags });
    totals = add(totals, run);
    if (run.failed > 0) throw new TestsFailedError(name);
    return summarize(run);
  };
  // A worker for each core: by itself Vitest leaves one core out, and no project hears of the root's own setting.
  await step("Unit and integration tests", () => vitest("unit", root, ["--maxWorkers=100%"]));
  await step("End-to-end tests", () => vitest("e2e", join(root, "packages", "e2e")));

  if (totals.passed + totals.failed === 0) {
    totals = add(totals, { ...noTests(), failed: 1, failures: ["no test ran"] });
  }
  if (totals.failures.length > 0)
    console.log(`\nFailed:\n${totals.failures.map((text) => `  ${text}`).join("\n")}`);
  console.log(summarize(totals));
  return totals.failed > 0 ? 1 : 0;
}

class TestsFailedError extends Error {
  /** @override */
  name = "TestsFailedError";
}
