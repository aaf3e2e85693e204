import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lastLines, runCommand } from "./steps/run-command.mjs";
import { StepError } from "./steps/steps.mjs";
import { listWorkspaces } from "./steps/workspaces.mjs";
import { withLock } from "./toolchain/lock.mjs";

const PROGRESS_EVERY_MS = 5_000;

/**
 * Installs the dependencies from the frozen lockfile, or sees that nothing changed since the last time.
 *
 * @param {import("./toolchain.mjs").Toolchain} toolchain
 * @param {(text: string) => void} say
 * @returns {Promise<string>} the outcome for a person
 * @throws {StepError} with the end of pnpm's output
 */
export async function ensureInstalled(toolchain, say) {
  const { root, folder } = toolchain;
  if (isInstalled(toolchain)) return "up to date";
  mkdirSync(folder, { recursive: true });
  return await withLock(
    join(folder, "install.lock"),
    async () => {
      if (isInstalled(toolchain)) return "up to date";
      await frozenInstall(toolchain, say);
      writeFileSync(stampFile(root), fingerprint(toolchain));
      return "installed";
    },
    (pid) => say(`waiting for another installation (process ${pid})`),
  );
}

/**
 * The same for commands without steps: a failure is told and ends the process.
 *
 * @param {import("./toolchain.mjs").Toolchain} toolchain
 * @param {(text: string) => void} say
 */
export async function installOrExit(toolchain, say) {
  try {
    await ensureInstalled(toolchain, say);
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}

/** @param {import("./toolchain.mjs").Toolchain} toolchain */
function isInstalled(toolchain) {
  const stamp = stampFile(toolchain.root);
  return existsSync(stamp) && readFileSync(stamp, "utf8") === fingerprint(toolchain);
}

/**
 * Inside node_modules, so that whoever removes that folder removes the claim that it is complete.
 *
 * @param {string} root
 */
function stampFile(root) {
  return join(root, "node_modules", ".steward-install");
}

/**
 * Everything an installation depends on.
 *
 * @param {import("./toolchain.mjs").Toolchain} toolchain
 */
function fingerprint({ root, node }) {
  const manifests = listWorkspaces(root).map(({ folder }) => `${folder}/package.json`);
  const hash = createHash("sha256").update(`${process.platform} ${process.arch} ${node.version}\n`);
  for (const file of ["pnpm-lock.yaml", "pnpm-workspace.yaml", "package.json", ...manifests]) {
    hash.update(`${file}\n`).update(readFileSync(join(root, file)));
  }
  return `${hash.digest("hex")}\n`;
}

/**
 * @param {import("./toolchain.mjs").Toolchain} toolchain
 * @param {(text: string) => void} say
 */
async function frozenInstall({ root, pnpm, env }, say) {
  say("installing …");
  let toldAt = performance.now();
  const args = ["install", "--frozen-lockfile", "--prefer-offline", "--reporter=append-only"];
  const { code, output } = await runCommand(pnpm.path, args, {
    cwd: root,
    // Without a terminal pnpm asks nothing and removes an unusable node_modules by itself.
    env: { ...env, CI: "true" },
    onLine: (line) => {
      if (!line.startsWith("Progress:") || performance.now() - toldAt < PROGRESS_EVERY_MS) return;
      toldAt = performance.now();
      say(line.replace("Progress: ", ""));
    },
  });
  if (code !== 0) throw new StepError(`${lastLines(output, 25)}\n${installAdvice(output)}`);
}

/** @param {string} output */
function installAdvice(output) {
  if (/OUTDATED_LOCKFILE|frozen-lockfile/.test(output)) {
    return "pnpm-lock.yaml does not match the package.json files: run `pnpm install` and commit the lockfile.";
  }
  if (/ENOSPC|No space left/i.test(output))
    return "There is no space left on the disk: free about 2 GB, then try again.";
  return "The dependencies could not be installed: see pnpm's message above; check the network, then try again.";
}
