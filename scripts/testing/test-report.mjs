import { existsSync, readFileSync } from "node:fs";

/**
 * Totals of a test run.
 *
 * @typedef {{ passed: number, failed: number, skipped: number, failures: string[] }} Totals
 */

/** @returns {Totals} */
export function noTests() {
  return { passed: 0, failed: 0, skipped: 0, failures: [] };
}

/**
 * Reads the JSON report of a Vitest run. A run that failed counts at least one failure, whatever its report says: a
 * file that could not be loaded, an error outside of any test, no report at all.
 *
 * @param {string} name of the run, for the failures
 * @param {string} file
 * @param {number} exitCode of Vitest
 * @returns {Totals}
 */
export function readReport(name, file, exitCode) {
  if (!existsSync(file)) return { ...noTests(), failed: 1, failures: [`${name}: Vitest wrote no report`] };
  const report = JSON.parse(readFileSync(file, "utf8"));
  /** @type {string[]} */
  const failures = [];
  for (const suite of report.testResults) {
    const failed = suite.assertionResults.filter(
      (/** @type {{ status: string }} */ test) => test.status === "failed",
    );
    for (const test of failed) failures.push(`${suite.name} > ${test.fullName}`);
    if (suite.status === "failed" && failed.length === 0)
      failures.push(`${suite.name}: ${firstLine(suite.message)}`);
  }
  if (exitCode !== 0 && failures.length === 0) failures.push(`${name}: Vitest ended with code ${exitCode}`);
  return {
    passed: report.numPassedTests,
    failed: failures.length,
    skipped: report.numPendingTests + (report.numTodoTests ?? 0),
    failures,
  };
}

/** @param {string | undefined} message */
function firstLine(message) {
  return (message ?? "").split("\n")[0] || "could not be run";
}

/**
 * @param {Totals} one
 * @param {Totals} other
 * @returns {Totals}
 */
export function add(one, other) {
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: one.skipped + other.skipped,
    failures: [...one.failures, ...other.failures],
  };
}

/**
 * The line a test run ends with.
 *
 * @param {Totals} totals
 */
export function summarize({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
