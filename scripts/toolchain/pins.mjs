import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The exact tools of this checkout, as package.json pins them.
 *
 * @typedef {object} Pins
 * @property {string} minimumNode the oldest Node that runs Steward (native TypeScript)
 * @property {string} node the Node that is fetched when the machine's own is older
 * @property {string} pnpm from `packageManager`
 * @property {string} testCliSecond the second Claude CLI that `npm test` runs against
 */

/**
 * @param {string} root the checkout
 * @returns {Pins}
 */
export function readPins(root) {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const [manager, pnpm] = String(manifest.packageManager).split("@");
  if (manager !== "pnpm" || !pnpm) {
    throw new Error(
      `package.json: packageManager must be "pnpm@<exact version>", not "${manifest.packageManager}"`,
    );
  }
  const { minimumNode, node, testCliSecond } = manifest.steward ?? {};
  for (const [name, value] of Object.entries({ minimumNode, node, testCliSecond })) {
    if (!/^\d+\.\d+\.\d+$/.test(value ?? "")) {
      throw new Error(`package.json: steward.${name} must be an exact version, not "${value}"`);
    }
  }
  // A hash after "+" pins the tarball for corepack; npm checks integrity by itself.
  return { minimumNode, node, pnpm: pnpm.split("+")[0] ?? pnpm, testCliSecond };
}

/**
 * Compares plain `x.y.z` versions; a leading "v" and a pre-release part are ignored.
 *
 * @param {string} version
 * @param {string} minimum
 */
export function isAtLeast(version, minimum) {
  const [actual, wanted] = [version, minimum].map((text) => text.replace(/^v/, "").split(/[.-]/).map(Number));
  for (let part = 0; part < 3; part++) {
    const difference = (actual?.[part] ?? 0) - (wanted?.[part] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
