import { availableParallelism } from "node:os";

const MOST_AT_ONCE = 2;

/**
 * Runs all checks, two at a time where there are two cores, and prints a line for each and the full output of those
 * that fail.
 *
 * @param {import("./checks.mjs").Check[]} checks
 * @param {(line: string) => void} write
 * @returns {Promise<string[]>} the names of the checks that failed
 */
export async function runChecks(checks, write) {
  const width = Math.max(...checks.map(({ name }) => name.length));
  /** @type {{ name: string, problem: string }[]} */
  const failures = [];
  const waiting = [...checks];
  const work = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      const startedAt = performance.now();
      const problem = await check.run().catch((error) => `the check itself failed: ${error.stack}`);
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      write(`${problem === undefined ? "✓" : "✗"} ${check.name.padEnd(width)} ${seconds.padStart(6)} s`);
      if (problem !== undefined) failures.push({ name: check.name, problem });
    }
  };
  await Promise.all(Array.from({ length: Math.min(MOST_AT_ONCE, availableParallelism()) }, work));
  for (const { name, problem } of failures) write(`\n✗ ${name}\n${problem}`);
  return failures.map(({ name }) => name);
}
