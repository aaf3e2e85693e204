import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { listWorkspaces } from "../steps/workspaces.mjs";

const PAGE = "docs/faults.md";

/**
 * Holds the table of faults against the tests: each row of the page cites at least one test file, each cited file has a
 * test named after the row (`row 8: …`), and no test is named after a row that the page does not have.
 *
 * @param {string} root
 * @returns {string[]} one sentence per problem
 */
export function findFaultRowProblems(root) {
  if (!existsSync(join(root, PAGE))) return [`${PAGE} does not exist`];
  const rows = readRows(readFileSync(join(root, PAGE), "utf8"));
  const tested = rowsOfTests(root);
  const problems = [];
  for (const { row, files, line } of rows) {
    if (files.length === 0) problems.push(`${PAGE}:${line}: row ${row} cites no test file`);
    for (const file of files) {
      if (!tested.get(file)?.has(row))
        problems.push(`${PAGE}:${line}: no test in ${file} is named "row ${row}: …"`);
    }
  }
  const known = new Set(rows.map(({ row }) => row));
  for (const [file, named] of tested) {
    for (const row of named) if (!known.has(row)) problems.push(`${file}: row ${row} is not in ${PAGE}`);
  }
  return problems;
}

/**
 * Lines of the form `| 8 | the fault | what happens | proof |`.
 *
 * @param {string} markdown
 */
function readRows(markdown) {
  return markdown.split("\n").flatMap((text, index) => {
    const row = /^\| (\d+) \|/.exec(text)?.[1];
    if (row === undefined) return [];
    const files = [...text.matchAll(/`([^`]+\.test\.ts)`/g)].map((match) => match[1] ?? "");
    return [{ row: Number(row), files, line: index + 1 }];
  });
}

/**
 * @param {string} root
 * @returns {Map<string, Set<number>>} test file → the rows its tests are named after
 */
function rowsOfTests(root) {
  /** @type {Map<string, Set<number>>} */
  const found = new Map();
  for (const { folder, path } of listWorkspaces(root)) {
    for (const inner of ["src", "test"]) {
      if (!existsSync(join(path, inner))) continue;
      for (const file of readdirSync(join(path, inner), { recursive: true, encoding: "utf8" })) {
        if (!file.endsWith(".test.ts")) continue;
        const named = namedRows(readFileSync(join(path, inner, file), "utf8"));
        if (named.size > 0) found.set(`${folder}/${inner}/${file}`, named);
      }
    }
  }
  return found;
}

/**
 * `rows 8 and 20: …` and `row 8, 20: …` name several.
 *
 * @param {string} source
 */
function namedRows(source) {
  const rows = new Set();
  for (const [, list] of source.matchAll(/["'`]rows? ((?:\d+(?:, | and )?)+):/g)) {
    for (const row of list?.match(/\d+/g) ?? []) rows.add(Number(row));
  }
  return rows;
}
