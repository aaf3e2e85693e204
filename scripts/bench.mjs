// `pnpm bench <name>`: runs a benchmark of packages/e2e/bench by its name, with the arguments that follow.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const [name = "turn", ...args] = process.argv.slice(2);
const file = fileURLToPath(new URL(`../packages/e2e/bench/${name}.ts`, import.meta.url));
if (!/^[a-z-]+$/.test(name) || !existsSync(file)) {
  console.error(`There is no benchmark "${name}". Known: turn`);
  process.exit(2);
}
const child = spawn(process.execPath, [file, ...args], { stdio: "inherit" });
child.on("exit", (code, signal) => {
  process.exitCode = signal ? 1 : (code ?? 1);
});
