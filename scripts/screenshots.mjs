// `pnpm screenshots [page …]`: builds the web UI and takes pictures of its pages (packages/e2e/screenshots), to be looked at.
import { join } from "node:path";
import { runCommand } from "./steps/run-command.mjs";
import { ensureChromium } from "./testing/chromium.mjs";
import { handOver } from "./toolchain/hand-over.mjs";
import { ensureToolchainOrExit } from "./toolchain.mjs";

const toolchain = await ensureToolchainOrExit();
const { root, env } = toolchain;
const build = await runCommand(join(root, "node_modules", ".bin", "turbo"), ["run", "build"], {
  cwd: root,
  env,
});
if (build.code !== 0) {
  console.error(build.output);
  process.exit(1);
}
const chromium = await ensureChromium(toolchain, (text) => console.log(text));
const file = join(root, "packages", "e2e", "screenshots", "web.ts");
await handOver(toolchain.node.path, [file, ...process.argv.slice(2)], { ...env, CHROMIUM_PATH: chromium });
