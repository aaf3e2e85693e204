import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { STUB_CLI_PATH } from "@steward/claude/stub-cli";
import { residentMb } from "../src/load/process-memory.ts";
import { startRig } from "../src/rig.ts";
import { median } from "./statistics.ts";

/**
 * `pnpm bench idle`: what the API takes when it has nothing to do, and how soon it is ready. The first start fills the cache
 * of compiled modules and is not counted. The budgets are DESIGN §12's.
 */
const { values } = parseArgs({
  options: { json: { type: "boolean" }, rounds: { type: "string" } },
  allowPositionals: true,
});
const rounds = Number(values.rounds ?? 5);

const MAX_IDLE_MB = 110;
const MAX_READY_MS = 1_000;
/** Until everything that runs at the start has run. */
const SETTLE_MS = 3_000;

const rig = await startRig({ cli: STUB_CLI_PATH, apiEnv: { STEWARD_LOG_LEVEL: "info" } });
const readyMs: number[] = [];
const idleMb: number[] = [];
try {
  for (let round = 0; round < rounds; round++) {
    await rig.api.end("SIGTERM");
    const startedMs = performance.now();
    await rig.startApi();
    readyMs.push(performance.now() - startedMs);
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    idleMb.push(residentMb(rig.api.pid));
  }
} finally {
  await rig.close();
}

const figures = { readyMs: median(readyMs), idleMb: median(idleMb) };
const withinBudget = figures.readyMs <= MAX_READY_MS && figures.idleMb <= MAX_IDLE_MB;
if (values.json) {
  const facts = { rounds, cores: cpus().length, node: process.version };
  console.log(JSON.stringify({ ...facts, ...figures, withinBudget }, null, 2));
} else {
  console.log(
    `the API with nothing to do, median of ${rounds}, ${cpus().length} cores, Node ${process.version}\n`,
  );
  console.log(`memory  ${figures.idleMb.toFixed(0)} MB (budget ${MAX_IDLE_MB} MB)`);
  console.log(`ready   ${figures.readyMs.toFixed(0)} ms after the start (budget ${MAX_READY_MS} ms)`);
  console.log(withinBudget ? "within the budget" : "NOT within the budget");
}
process.exitCode = withinBudget ? 0 : 1;
