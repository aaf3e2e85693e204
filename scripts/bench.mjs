// `pnpm bench <name>`: runs a benchmark of packages/e2e/bench by its name, with the arguments that follow.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { handOver } from "./toolchain/hand-over.mjs";
import { ensureToolchainOrExit } from "./toolchain.mjs";

const toolchain = await ensureToolchainOrExit();
const folder = join(toolchain.root, "packages", "e2e", "bench");
const [name = "turn", ...args] = process.argv.slice(2);
const file = join(folder, `${name}.ts`);
if (!/^[a-z-]+$/.test(name) || !existsSync(file)) {
  const known = readdirSync(folder).filter((entry) => entry.endsWith(".ts"));
  console.error(`There is no benchmark "${name}" in packages/e2e/bench (${known.join(", ")}).`);
  process.exit(2);
}
await handOver(toolchain.node.path, [file, ...args], toolchain.env);
