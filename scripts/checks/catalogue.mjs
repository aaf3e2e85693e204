import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const CATALOGUE = "packages/contract/src/messages/en.ts";
const NOT_PROGRAMS = /\.test\.ts$|^packages\/(e2e|testkit)\/|^packages\/contract\/src\/messages\//;

/**
 * Holds the catalogue against the programs: each of its texts is named somewhere, by its whole key or by how it begins
 * (`error.${code}`).
 *
 * @param {string} root
 * @returns {Promise<string[]>} one sentence per problem
 */
export async function findUnusedTexts(root) {
  if (!existsSync(join(root, CATALOGUE))) return [];
  /** @type {{ en: Record<string, string> }} */
  const { en } = await import(pathToFileURL(join(root, CATALOGUE)).href);
  const programs = globSync("{apps,packages}/*/src/**/*.{ts,tsx}", { cwd: root })
    .filter((path) => !NOT_PROGRAMS.test(path))
    .map((path) => readFileSync(join(root, path), "utf8"))
    .join("\n");
  const whole = new Set([...programs.matchAll(/["'`]([a-z]\w*(?:\.\w+)+)["'`]/g)].map(([, key]) => key));
  const beginnings = [
    ...[...programs.matchAll(/`([a-z]\w*\.[\w.]*)\$\{/g)].map(([, beginning = ""]) => beginning),
    // Handed on to where the rest is put to it.
    ...[...whole].map((key) => `${key}.`),
  ];
  return Object.keys(en)
    .filter((key) => !whole.has(key) && !beginnings.some((beginning) => key.startsWith(beginning)))
    .map((key) => `${CATALOGUE}: nobody says "${key}"`);
}
