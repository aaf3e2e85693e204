import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const PAGE = "docs/settings.md";
const TABLE = "packages/contract/src/policies.ts";

/**
 * Holds the page of settings against the table of policies: each policy has its row with its default and what it is for,
 * and no row is of a policy that is gone.
 *
 * @param {string} root
 * @returns {Promise<string[]>} one sentence per problem
 */
export async function findSettingsPageProblems(root) {
  if (!existsSync(join(root, TABLE))) return [];
  /** @type {{ POLICIES: Record<string, { initial: unknown, summary: string }> }} */
  const { POLICIES } = await import(pathToFileURL(join(root, TABLE)).href);
  const wanted = new Map(Object.entries(POLICIES).map(([name, policy]) => [name, rowOf(name, policy)]));
  const page = existsSync(join(root, PAGE)) ? readFileSync(join(root, PAGE), "utf8") : "";
  const lines = page.split("\n");
  const problems = [];
  for (const row of wanted.values())
    if (!lines.includes(row)) problems.push(`${PAGE}: this row is missing: ${row}`);
  for (const line of lines) {
    const name = /^\| `(\w+)` \|/.exec(line)?.[1];
    if (name !== undefined && wanted.get(name) !== line)
      problems.push(`${PAGE}: no setting is like this: ${line}`);
  }
  return problems;
}

/**
 * @param {string} name
 * @param {{ initial: unknown, summary: string }} policy
 */
const rowOf = (name, { initial, summary }) =>
  `| \`${name}\` | \`${JSON.stringify(initial)}\` | ${summary.replaceAll("|", "\\|")} |`;
