import { existsSync } from "node:fs";
import { join } from "node:path";
import { handOver } from "./toolchain/hand-over.mjs";
import { ensureToolchainOrExit } from "./toolchain.mjs";

const toolchain = await ensureToolchainOrExit();
// Only a fresh checkout: `steward chat` must not exchange the dependencies of a running Steward.
if (!existsSync(join(toolchain.root, "node_modules"))) {
  const { installOrExit } = await import("./install.mjs");
  await installOrExit(toolchain, (text) => console.error(`Dependencies: ${text}`));
}
const program = join(toolchain.root, "apps", "cli", "src", "main.mjs");
// A terminal sends Ctrl-C to the program as well; twice would mean "at once" to it.
await handOver(
  toolchain.node.path,
  ["--disable-warning=ExperimentalWarning", program, ...process.argv.slice(2)],
  toolchain.env,
  { passInterrupts: !process.stdin.isTTY },
);
