import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FetchError } from "./toolchain/fetch-package.mjs";
import { handOver } from "./toolchain/hand-over.mjs";
import { ensureNode } from "./toolchain/node.mjs";
import { LAUNCHER_PID } from "./toolchain/parent-watch.mjs";
import { readPins } from "./toolchain/pins.mjs";
import { ensurePnpm } from "./toolchain/pnpm.mjs";
import { leadWith } from "./toolchain/search-path.mjs";

/**
 * Everything under `scripts/toolchain` runs before anything is installed and on the Node the machine happens to
 * have: plain JavaScript, Node 18 or newer, no dependency.
 *
 * @typedef {object} Toolchain
 * @property {string} root the checkout
 * @property {string} folder the checkout's `.toolchain`
 * @property {import("./toolchain/pins.mjs").Pins} pins
 * @property {{ path: string, version: string }} node
 * @property {{ path: string, version: string }} pnpm
 * @property {NodeJS.ProcessEnv} env for children: this process's environment with both tools in front of PATH
 */

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/**
 * Finds or fetches Node and pnpm. A few milliseconds when both are there.
 *
 * @param {object} [options]
 * @param {string} [options.root]
 * @param {NodeJS.ProcessEnv} [options.env]
 * @param {(what: string) => void} [options.onFetch]
 * @returns {Promise<Toolchain>}
 * @throws {FetchError} with a message for a person
 */
export async function ensureToolchain({ root = ROOT, env = process.env, onFetch = sayFetching } = {}) {
  const pins = readPins(root);
  const folder = join(root, ".toolchain");
  const fetchingNode = ensureNode({ folder, pins, env, onFetch });
  const fetchingPnpm = ensurePnpm({ folder, pins, env, onFetch });
  // Both have come to an end before either's failure is told: the caller may exit at once.
  await Promise.allSettled([fetchingNode, fetchingPnpm]);
  const [node, pnpm] = await Promise.all([fetchingNode, fetchingPnpm]);
  const childEnv = {
    ...env,
    PATH: leadWith([node.path, pnpm.path], env.PATH),
    TURBO_TELEMETRY_DISABLED: "1",
    DO_NOT_TRACK: "1",
    [LAUNCHER_PID]: undefined,
  };
  return { root, folder, pins, node, pnpm, env: childEnv };
}

/**
 * The first line of every command: comes back in a process whose Node runs Steward. On an older Node it runs the
 * same command again under the fetched one and ends with that one's exit code. Failures end the process.
 *
 * @returns {Promise<Toolchain>}
 */
export async function enterToolchain() {
  const toolchain = await ensureToolchainOrExit();
  const script = process.argv[1];
  if (toolchain.node.path !== process.execPath && script) {
    const args = [...process.execArgv, script, ...process.argv.slice(2)];
    await handOver(toolchain.node.path, args, { ...toolchain.env, [LAUNCHER_PID]: String(process.pid) });
  }
  return toolchain;
}

/** @returns {Promise<Toolchain>} */
export async function ensureToolchainOrExit() {
  try {
    return await ensureToolchain();
  } catch (error) {
    if (!(error instanceof FetchError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}

/** @param {string} what */
function sayFetching(what) {
  console.error(`Fetching ${what} from npm (once) …`);
}
