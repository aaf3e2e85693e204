import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { measureStreamingLoad } from "../src/load/streaming-load.ts";
import { quantile } from "./statistics.ts";

/**
 * `pnpm bench load`: 100 chats that stream at the same time through the API process, each with a stub CLI and a reader,
 * against the same stub CLIs read by hand. The budgets are DESIGN §12's; every piece is judged, those from when turns
 * begin and end too.
 */
const { values } = parseArgs({
  options: {
    json: { type: "boolean" },
    chats: { type: "string" },
    pieces: { type: "string" },
    every: { type: "string" },
  },
  allowPositionals: true,
});
const chats = Number(values.chats ?? 100);
const pieces = Number(values.pieces ?? 100);
const everyMs = Number(values.every ?? 100);

const MAX_API_MB = 250;
const MAX_ADDED_P95_MS = 50;

const figures = await measureStreamingLoad({ chats, pieces, everyMs });
const p = (times: readonly number[], q: number) => quantile(times, q);
const addedP95Ms = p(figures.throughApiMs, 0.95) - p(figures.directMs, 0.95);
const withinBudget = figures.apiPeakMb <= MAX_API_MB && addedP95Ms <= MAX_ADDED_P95_MS;
const rows = [
  ["through the API", figures.throughApiMs],
  ["direct pipes", figures.directMs],
  ["API, while all stream", figures.steady.throughApiMs],
  ["direct, while all stream", figures.steady.directMs],
] as const;

if (values.json) {
  const table = rows.map(([name, times]) => ({
    name,
    p50Ms: p(times, 0.5),
    p95Ms: p(times, 0.95),
    p99Ms: p(times, 0.99),
  }));
  const { apiBeforeMb, apiPeakMb, processes } = figures;
  const facts = { chats, pieces, everyMs, cores: cpus().length, node: process.version };
  console.log(
    JSON.stringify({ ...facts, table, addedP95Ms, apiBeforeMb, apiPeakMb, processes, withinBudget }, null, 2),
  );
} else {
  console.log(
    `${chats} chats stream at once (${figures.processes} CLI processes), ${pieces} pieces each, one per ${everyMs} ms; ` +
      `${cpus().length} cores, Node ${process.version}\n`,
  );
  console.log(
    `${"piece of text, CLI → reader".padEnd(30)}${["p50", "p95", "p99"].map((name) => name.padStart(12)).join("")}`,
  );
  for (const [name, times] of rows) {
    const columns = [0.5, 0.95, 0.99].map((q) => `${p(times, q).toFixed(1)} ms`.padStart(12));
    console.log(`${name.padEnd(30)}${columns.join("")}`);
  }
  console.log(`\nadded at p95: ${addedP95Ms.toFixed(1)} ms (budget ${MAX_ADDED_P95_MS} ms)`);
  console.log(
    `API memory: ${figures.apiBeforeMb.toFixed(0)} MB idle, ${figures.apiPeakMb.toFixed(0)} MB at the peak (budget ${MAX_API_MB} MB)`,
  );
  console.log(withinBudget ? "within the budget" : "NOT within the budget");
}
process.exitCode = withinBudget ? 0 : 1;
