import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { lastLines, runCommand } from "../steps/run-command.mjs";
import { StepError } from "../steps/steps.mjs";
import { findOnPath } from "../toolchain/search-path.mjs";
import { installDebianPackages } from "./debian-packages.mjs";

const KNOWN_PATHS = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/chromium-headless-shell",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];
/** Debian's browser, and fonts without which Chinese text is drawn as boxes. */
const DEBIAN_PACKAGES = ["chromium", "fonts-noto-cjk"];

/**
 * A browser for the tests: the one named by CHROMIUM_PATH, else one that is installed, else Debian's (as root), else
 * Playwright's own build.
 *
 * @param {Pick<import("../toolchain.mjs").Toolchain, "root" | "env">} toolchain
 * @param {(text: string) => void} say
 * @param {{ knownPaths?: readonly string[], isRoot?: boolean }} [machine]
 * @returns {Promise<string>} the path of its program
 * @throws {StepError}
 */
export async function ensureChromium({ root, env }, say, machine = {}) {
  const { knownPaths = KNOWN_PATHS, isRoot = process.getuid?.() === 0 } = machine;
  const named = env.CHROMIUM_PATH;
  if (named) {
    if (existsSync(named)) return named;
    throw new StepError(`CHROMIUM_PATH is ${named}, and there is no such file.`);
  }
  const find = () => knownPaths.find((path) => existsSync(path));
  const installed = find();
  if (installed) return installed;
  const reasons = [];
  if (isRoot && findOnPath("apt-get", env.PATH)) {
    say(`installing ${DEBIAN_PACKAGES.join(" and ")} (apt) …`);
    reasons.push(await installDebianPackages(DEBIAN_PACKAGES, env));
    const path = find();
    if (path) return path;
  }
  say("installing Playwright's build …");
  const { path, reason } = await installPlaywrightBuild(root, env);
  if (path) return path;
  throw new StepError(
    [...reasons, reason].filter(Boolean).join("\n") +
      "\nNo Chromium was found or could be installed: install it and set CHROMIUM_PATH to its program.",
  );
}

/**
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ path?: string, reason?: string }>}
 */
async function installPlaywrightBuild(root, env) {
  const playwright = join(root, "packages", "e2e", "node_modules", "playwright-core");
  const install = [join(playwright, "cli.js"), "install", "chromium"];
  const { code, output } = await runCommand(process.execPath, install, { cwd: root, env });
  if (code !== 0) return { reason: lastLines(output, 10) };
  const path = createRequire(import.meta.url)(playwright).chromium.executablePath();
  return existsSync(path) ? { path } : { reason: `Playwright installed no browser at ${path}` };
}
