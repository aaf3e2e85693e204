import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

/**
 * Writes what the last run of the hostile agent found into docs/sandbox.md.
 *
 * @typedef {{ id: string, title: string, off?: boolean, on?: boolean, onSecond?: boolean }} Row
 */
const root = resolve(import.meta.dirname, "..");
const RESULTS = join(root, "test-results", "hostile-agent.json");
const PAGE = join(root, "docs", "sandbox.md");
const BEGIN = "<!-- written by `pnpm sandbox:table` -->";
const END = "<!-- end -->";

/** @type {{ root: boolean, rows: Row[] }} */
const { root: asRoot, rows } = JSON.parse(readFileSync(RESULTS, "utf8"));
const columns = /** @type {const} */ (["off", "on", "onSecond"]).filter((name) =>
  rows.every((row) => row[name] !== undefined),
);
if (!columns.includes("off") || !columns.includes("on")) {
  console.error("The last run was not whole: run packages/e2e/test/hostile-agent.test.ts first.");
  process.exit(1);
}
const { steward } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const bundled = /"@anthropic-ai\/claude-code":\s*([\d.]+)/.exec(
  readFileSync(join(root, "pnpm-workspace.yaml"), "utf8"),
)?.[1];
const titles = {
  off: "off",
  on: `on (${bundled ?? "bundled CLI"})`,
  onSecond: `on (${steward.testCliSecond})`,
};
const sum = (/** @type {"off" | "on" | "onSecond"} */ name) => rows.filter((row) => row[name]).length;
const line = (/** @type {string[]} */ cells) => `| ${cells.join(" | ")} |`;
const table = [
  line(["what the agent tries", ...columns.map((name) => titles[name])]),
  line(["---", ...columns.map(() => "---")]),
  ...rows.map((row) => line([row.title, ...columns.map((name) => (row[name] ? "**succeeds**" : "fails"))])),
  line([`**of ${rows.length}**`, ...columns.map((name) => `**${sum(name)}**`)]),
  "",
  `Run as ${asRoot ? "root" : "an ordinary user"}, in the mode \`bypassPermissions\`.`,
];
const page = readFileSync(PAGE, "utf8");
const [before, rest] = page.split(BEGIN);
const after = rest?.split(END)[1];
if (after === undefined) throw new Error(`${PAGE} has no place for the table`);
writeFileSync(PAGE, `${before}${BEGIN}\n\n${table.join("\n")}\n\n${END}${after}`);
console.log(
  `${rows.length} actions: ${columns.map((name) => `${sum(name)} with ${titles[name]}`).join(", ")}`,
);
