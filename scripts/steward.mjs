import { existsSync } from "node:fs";
import { join } from "node:path";
import { ensureInstalled } from "./install.mjs";
import { StepError } from "./steps/steps.mjs";
import { handOver } from "./toolchain/hand-over.mjs";
import { ensureToolchainOrExit } from "./toolchain.mjs";

const toolchain = await ensureToolchainOrExit();
try {
  // Only a fresh checkout: `steward chat` must not exchange the dependencies of a running Steward.
  if (!existsSync(join(toolchain.root, "node_modules"))) {
    await ensureInstalled(toolchain, (text) => console.error(`Dependencies: ${text}`));
  }
} catch (error) {
  if (!(error instanceof StepError)) throw error;
  console.error(error.message);
  process.exit(1);
}
const program = join(toolchain.root, "apps", "cli", "src", "main.ts");
// A terminal sends Ctrl-C to the program as well; twice would mean "at once" to it.
await handOver(
  toolchain.node.path,
  ["--disable-warning=ExperimentalWarning", program, ...process.argv.slice(2)],
  toolchain.env,
  { passInterrupts: !process.stdin.isTTY },
);
