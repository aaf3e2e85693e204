import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { measureIntake } from "../src/load/intake-load.ts";
import { median, quantile } from "./statistics.ts";

/**
 * `pnpm bench intake`: how soon an update is accepted durably at 50 a second, and how soon the API is ready with a thousand
 * turns open. The budgets are DESIGN §12's.
 */
const { values } = parseArgs({
  options: { json: { type: "boolean" }, updates: { type: "string" }, boots: { type: "string" } },
  allowPositionals: true,
});
const updates = Number(values.updates ?? 500);
const boots = Number(values.boots ?? 5);

const MAX_ACCEPTED_P99_MS = 25;
const MAX_BOOT_MS = 2_000;

const { commitAloneMs, whileWorkingMs, whileHeldMs, bootMs, openTurns } = await measureIntake({
  updates,
  boots,
});
const rows = [
  ["while turns are answered", whileWorkingMs],
  ["while a thousand come to wait", whileHeldMs],
] as const;
const floor = ["a commit alone", commitAloneMs] as const;
const worstP99Ms = Math.max(...rows.map(([, times]) => quantile(times, 0.99)));
const boot = median(bootMs);
const withinBudget = worstP99Ms <= MAX_ACCEPTED_P99_MS && boot <= MAX_BOOT_MS;

if (values.json) {
  const table = [floor, ...rows].map(([name, times]) => ({
    name,
    updates: times.length,
    p50Ms: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
    maxMs: Math.max(...times),
  }));
  const facts = { cores: cpus().length, node: process.version };
  console.log(JSON.stringify({ ...facts, table, openTurns, bootMs: boot, withinBudget }, null, 2));
} else {
  console.log(`50 updates a second, one per request; ${cpus().length} cores, Node ${process.version}\n`);
  const heads = ["updates", "p50", "p99", "longest"].map((head) => head.padStart(10)).join("");
  console.log(`${"accepted durably".padEnd(32)}${heads}`);
  for (const [name, times] of [floor, ...rows]) {
    const shown = [quantile(times, 0.5), quantile(times, 0.99), Math.max(...times)];
    const cells = shown.map((ms) => `${ms.toFixed(1)} ms`.padStart(10));
    console.log(`${name.padEnd(32)}${String(times.length).padStart(10)}${cells.join("")}`);
  }
  console.log(`\nlargest p99: ${worstP99Ms.toFixed(1)} ms (budget ${MAX_ACCEPTED_P99_MS} ms)`);
  console.log(
    `ready with ${openTurns} open turns: ${boot.toFixed(0)} ms, median of ${boots} (budget ${MAX_BOOT_MS} ms)`,
  );
  console.log(withinBudget ? "within the budget" : "NOT within the budget");
}
process.exitCode = withinBudget ? 0 : 1;
