import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { FetchError, fetchPackage } from "./fetch-package.mjs";
import { isAtLeast } from "./pins.mjs";
import { nodePackage } from "./platform-packages.mjs";

/**
 * A Node that runs Steward: the one running now, else the pinned one from npm (kept in `.toolchain/`).
 *
 * @param {object} options
 * @param {string} options.folder the checkout's `.toolchain`
 * @param {import("./pins.mjs").Pins} options.pins
 * @param {NodeJS.ProcessEnv} options.env
 * @param {(what: string) => void} options.onFetch called before something is downloaded
 * @returns {Promise<{ path: string, version: string }>}
 */
export async function ensureNode({ folder, pins, env, onFetch }) {
  if (isAtLeast(process.versions.node, pins.minimumNode)) {
    return { path: process.execPath, version: process.versions.node };
  }
  const target = join(folder, `node-${pins.node}-${process.platform}-${process.arch}`);
  const path = join(target, "bin", "node");
  if (!existsSync(path)) {
    const name = nodePackage(process.platform, process.arch);
    if (!name) {
      throw new FetchError(
        `Steward needs Node ${pins.minimumNode} or newer; this is ${process.versions.node}, and npm has no Node for ` +
          `${process.platform}-${process.arch}.\nInstall Node 24 from nodejs.org and run the command again.`,
      );
    }
    onFetch(`Node ${pins.node} (this machine has ${process.versions.node})`);
    await fetchPackage({
      spec: `${name}@${pins.node}`,
      folder: target,
      env,
      finish: (staged) => linkNode(staged, name, pins),
    });
  }
  return { path, version: pins.node };
}

/**
 * @param {string} staged
 * @param {string} packageName
 * @param {import("./pins.mjs").Pins} pins
 */
function linkNode(staged, packageName, pins) {
  const bin = join(staged, "bin");
  mkdirSync(bin);
  symlinkSync(join("..", "node_modules", packageName, "bin", "node"), join(bin, "node"));
  const { status, stdout, error, stderr } = spawnSync(join(bin, "node"), ["--version"], { encoding: "utf8" });
  if (status === 0 && stdout.trim() === `v${pins.node}`) return;
  // E.g. Alpine: the package holds a glibc program.
  throw new FetchError(
    `${packageName}@${pins.node} does not run on this machine (${error?.message ?? stderr.trim()}).\n` +
      `Install Node ${pins.minimumNode} or newer with your system's means and run the command again.`,
  );
}
