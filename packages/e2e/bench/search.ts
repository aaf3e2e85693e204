import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createWorkerSearchRunner } from "@steward/api/search-runner";
import { createSearchService } from "@steward/core/search/create-search-service";
import { createEmbedQuestion } from "@steward/core/search/embed-question";
import { createSystemClock } from "@steward/platform/clock";
import { createSilentLogger } from "@steward/platform/logger";
import { measureReadBandwidth, timeBruteForce, timeFloatScan } from "../src/search-load/alternatives.ts";
import { buildCorpus, MODEL } from "../src/search-load/build-corpus.ts";
import { createVocabulary } from "../src/search-load/generate-messages.ts";
import { DIMS } from "../src/search-load/generate-vectors.ts";
import { measureDisk } from "../src/search-load/measure-disk.ts";
import { measureRecall, numberedEmbedder, runKinds } from "../src/search-load/query-kinds.ts";
import { median, quantile } from "./statistics.ts";

/**
 * `pnpm bench search [--sizes 10k,100k,1m]`: how long an index takes to build and what it takes on the disk, how soon each
 * kind of question is answered and how late the event loop is meanwhile, how many of the nearest vectors are found, and
 * what the plain ways would take. Messages and vectors are generated. The budgets are DESIGN §12's.
 */
const { values } = parseArgs({
  options: { json: { type: "boolean" }, sizes: { type: "string" }, rounds: { type: "string" } },
  allowPositionals: true,
});
const rounds = Number(values.rounds ?? 40);
const UNITS: Record<string, number> = { k: 1_000, m: 1_000_000 };
const sizes = (values.sizes ?? "10k,100k").split(",").map((text) => {
  const [, number, unit = ""] = /^(\d+)([km]?)$/i.exec(text.trim()) ?? [];
  if (number === undefined) throw new Error(`--sizes: "${text}" is no size such as 100k or 1m`);
  return Number(number) * (UNITS[unit.toLowerCase()] ?? 1);
});

const MAX_HYBRID_MS = (size: number): number => (size <= 100_000 ? 20 : 150);
const MAX_CHAT_MS = 5;
const MAX_LOOP_P99_MS = 10;
const LEAST_RECALL = 0.9;
const QUESTIONS = 40;
const SLOW_QUESTIONS = 5;
const HYBRID = "hybrid, everywhere";
const ONE_CHAT = "hybrid, one chat of 1,300";

const vocabulary = createVocabulary();
const bandwidth = measureReadBandwidth();

async function measure(size: number) {
  const folder = mkdtempSync(join(tmpdir(), "steward-bench-search-"));
  try {
    const path = join(folder, "steward.db");
    const corpus = await buildCorpus(path, size, vocabulary, QUESTIONS);
    const clock = createSystemClock();
    const log = createSilentLogger();
    const runner = createWorkerSearchRunner({ database: path, clock, log });
    const serviceWith = (embedder: ReturnType<typeof numberedEmbedder> | null) =>
      createSearchService({
        indexer: { catchUp: () => undefined },
        embedQuestion: createEmbedQuestion({ embedder: () => embedder, clock, log }),
        runner,
        clock,
      });
    const hybrid = serviceWith(numberedEmbedder(MODEL.name, corpus.questions));
    const found = await runKinds({ lexical: serviceWith(null), hybrid }, vocabulary, corpus.said, rounds);
    const recall = await measureRecall(hybrid, corpus.exact);
    await runner.stop();
    const disk = measureDisk(corpus.database);
    const few = corpus.questions.slice(0, SLOW_QUESTIONS);
    const kept = corpus.vectors.length / DIMS;
    const plain = {
      // Linear in the number of vectors.
      bruteForceMs: (median(timeBruteForce(corpus.vectors, few)) * size) / kept,
      floatScanMs: (median(timeFloatScan(corpus.database, corpus.vectors, few)) * size) / kept,
      measuredAt: kept,
      readBitsMs: ((size * DIMS) / 8 / bandwidth) * 1_000,
      readInt8Ms: ((size * DIMS) / bandwidth) * 1_000,
      readFloatMs: ((size * DIMS * 4) / bandwidth) * 1_000,
    };
    corpus.database.close();
    const p50 = (name: string) =>
      median(found.kinds.find((kind) => kind.name === name)?.times ?? [Number.POSITIVE_INFINITY]);
    const budgets: [isMet: boolean, name: string][] = [
      [p50(HYBRID) <= MAX_HYBRID_MS(size), `hybrid ${MAX_HYBRID_MS(size)} ms`],
      [p50(ONE_CHAT) <= MAX_CHAT_MS, `one chat ${MAX_CHAT_MS} ms`],
      [found.loopP99Ms <= MAX_LOOP_P99_MS, `event loop p99 ${MAX_LOOP_P99_MS} ms`],
      [corpus.indexing.loopP99Ms <= MAX_LOOP_P99_MS, `event loop p99 while indexing ${MAX_LOOP_P99_MS} ms`],
      [recall >= LEAST_RECALL, `recall ${LEAST_RECALL}`],
    ];
    const missed = budgets.flatMap(([isMet, name]) => (isMet ? [] : [name]));
    const { indexing, embeddingRowsPerSecond } = corpus;
    return { size, indexing, embeddingRowsPerSecond, disk, ...found, recall, plain, missed };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : 0)} ms`.padStart(12);

function print(result: Awaited<ReturnType<typeof measure>>): void {
  const { size, indexing, disk, plain } = result;
  console.log(`\n${size.toLocaleString("en")} messages`);
  console.log(
    `  built     full text ${Math.round(indexing.rowsPerSecond)} rows/s (event loop p99 ${indexing.loopP99Ms.toFixed(1)} ms), vectors ${Math.round(result.embeddingRowsPerSecond)} rows/s without the embedder`,
  );
  console.log(`  on disk   ${disk.map(({ name, mb }) => `${name} ${mb.toFixed(0)} MB`).join(", ")}`);
  console.log(`  ${"".padEnd(28)}${"p50".padStart(12)}${"p95".padStart(12)}${"hits".padStart(8)}`);
  for (const { name, times, hits } of result.kinds) {
    console.log(
      `  ${name.padEnd(28)}${ms(median(times))}${ms(quantile(times, 0.95))}${hits.toFixed(1).padStart(8)}`,
    );
  }
  const scaled =
    plain.measuredAt < size ? ` (measured at ${plain.measuredAt.toLocaleString("en")}, scaled)` : "";
  console.log(
    `  plain     sqlite-vec floats ${ms(plain.floatScanMs).trim()}, loop in JavaScript ${ms(plain.bruteForceMs).trim()}${scaled}`,
  );
  console.log(
    `  limit     reading at ${(bandwidth / 1e9).toFixed(0)} GB/s: bits ${ms(plain.readBitsMs).trim()}, int8 ${ms(plain.readInt8Ms).trim()}, floats ${ms(plain.readFloatMs).trim()}`,
  );
  console.log(
    `  recall@10 ${result.recall.toFixed(3)} (budget ${LEAST_RECALL}), event loop p99 ${result.loopP99Ms.toFixed(1)} ms, max ${result.loopMaxMs.toFixed(1)} ms (budget p99 ${MAX_LOOP_P99_MS} ms)`,
  );
  console.log(
    result.missed.length === 0
      ? "  within the budget"
      : `  NOT within the budget: ${result.missed.join(", ")}`,
  );
}

const results = [];
if (!values.json)
  console.log(`searching, ${rounds} questions of each kind, ${cpus().length} cores, Node ${process.version}`);
for (const size of sizes) {
  const result = await measure(size);
  results.push(result);
  if (!values.json) print(result);
}
if (values.json)
  console.log(JSON.stringify({ cores: cpus().length, node: process.version, bandwidth, results }, null, 2));
process.exitCode = results.every(({ missed }) => missed.length === 0) ? 0 : 1;
