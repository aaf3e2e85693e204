import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Each catalogue with the programs that say its texts. */
const CATALOGUES = [
  { catalogue: "packages/contract/src/messages/en.ts", programs: "{apps,packages}/*/src/**/*.{ts,tsx}" },
  { catalogue: "apps/web/src/texts/en.ts", programs: "apps/web/src/**/*.{ts,tsx}" },
];
const NOT_PROGRAMS =
  /\.test\.tsx?$|^packages\/(e2e|testkit)\/|^packages\/contract\/src\/messages\/|^apps\/web\/src\/texts\//;

/**
 * Holds the catalogues against their programs: each text is named somewhere, by its whole key or by one with gaps
 * (`error.${code}`).
 *
 * @param {string} root
 * @returns {Promise<string[]>} one sentence per problem
 */
export async function findUnusedTexts(root) {
  const found = await Promise.all(CATALOGUES.map((each) => findUnused(root, each)));
  return found.flat();
}

/**
 * @param {string} root
 * @param {{ catalogue: string, programs: string }} what
 */
async function findUnused(root, { catalogue, programs }) {
  if (!existsSync(join(root, catalogue))) return [];
  /** @type {{ en: Record<string, string> }} */
  const { en } = await import(pathToFileURL(join(root, catalogue)).href);
  const isSaid = readSaid(
    globSync(programs, { cwd: root })
      .filter((path) => !NOT_PROGRAMS.test(path))
      .map((path) => readFileSync(join(root, path), "utf8"))
      .join("\n"),
  );
  return Object.keys(en)
    .filter((key) => !isSaid(key))
    .map((key) => `${catalogue}: nobody says "${key}"`);
}

/**
 * @param {string} programs
 * @returns {(key: string) => boolean}
 */
function readSaid(programs) {
  const whole = new Set([...programs.matchAll(/["'`]([a-z]\w*(?:\.\w+)+)["'`]/g)].map(([, key]) => key));
  const withGaps = [...programs.matchAll(/`([a-z]\w*\.(?:[\w.]|\$\{[^`{}]*\})*)`/g)].map(([, key = ""]) => {
    const pattern = key.replaceAll(".", "\\.").replace(/\$\{[^}]*\}$/, "[\\w.]+");
    return new RegExp(`^${pattern.replace(/\$\{[^}]*\}/g, "\\w+")}$`);
  });
  // Of what is more than names nothing is known but how it begins.
  const beginnings = [
    ...[...programs.matchAll(/`([a-z]\w*\.[\w.]*)\$\{[^`}]*[`{]/g)].map(([, beginning = ""]) => beginning),
    // Handed on to where the rest is put to it.
    ...[...whole].map((key) => `${key}.`),
  ];
  return (key) =>
    whole.has(key) ||
    withGaps.some((pattern) => pattern.test(key)) ||
    beginnings.some((beginning) => key.startsWith(beginning));
}
