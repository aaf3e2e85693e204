// `pnpm drill [name]`: runs a drill of packages/e2e/drill by its name, with the arguments that follow: what takes too long
// for every test run. Ends with 1 when an invariant was broken.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { handOver } from "./toolchain/hand-over.mjs";
import { ensureToolchainOrExit } from "./toolchain.mjs";

const toolchain = await ensureToolchainOrExit();
const folder = join(toolchain.root, "packages", "e2e", "drill");
const [first = "", ...rest] = process.argv.slice(2);
const [name, args] = first === "" || first.startsWith("-") ? ["kill-sweep", [first, ...rest]] : [first, rest];
const file = join(folder, `${name}.ts`);
if (!/^[a-z-]+$/.test(name) || !existsSync(file)) {
  const known = readdirSync(folder).filter((entry) => entry.endsWith(".ts"));
  console.error(`There is no drill "${name}" in packages/e2e/drill (${known.join(", ")}).`);
  process.exit(2);
}
await handOver(toolchain.node.path, [file, ...args.filter((arg) => arg !== "")], toolchain.env);
