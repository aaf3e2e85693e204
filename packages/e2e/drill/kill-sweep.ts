import { parseArgs } from "node:util";
import { cliVersions } from "../src/cli-versions.ts";
import { runKillSweep, type SweepReport } from "../src/kill-sweep/kill-sweep.ts";

const KILLS_PER_ROUND = 50;

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "500" },
    seed: { type: "string", default: "1" },
    minutes: { type: "string", default: "720" },
  },
});
const wanted = Number(values.kills);
const firstSeed = Number(values.seed);
const endsAtMs = performance.now() + Number(values.minutes) * 60_000;
if (
  !Number.isInteger(wanted) ||
  wanted < 1 ||
  !Number.isInteger(firstSeed) ||
  firstSeed < 0 ||
  !(endsAtMs > 0)
) {
  console.error("usage: pnpm drill kill-sweep [--kills N] [--seed S] [--minutes M]");
  process.exit(2);
}

const list = (counts: Record<string, number>): string =>
  Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([name, times]) => `${name} ${times}`)
    .join(", ");
const killsOf = ({ kills }: SweepReport): number => kills.api + kills.bot + kills.cli;

/** The same decisions again; when they fall is up to the machine. */
const repeatOf = (seed: number, kills: number): string =>
  `        again: pnpm drill kill-sweep --kills ${kills} --seed ${seed}`;

const [cli] = cliVersions();
const reports: SweepReport[] = [];
const killed = (): number => reports.reduce((sum, report) => sum + killsOf(report), 0);
/** What all rounds came to; ends with 1 when an invariant was broken, with 130 when somebody has cut it short. */
function finish(isCutShort: boolean): never {
  const merged = (of: (report: SweepReport) => Record<string, number>): Record<string, number> => {
    const sum: Record<string, number> = {};
    for (const report of reports)
      for (const [name, times] of Object.entries(of(report))) sum[name] = (sum[name] ?? 0) + times;
    return sum;
  };
  const breaches = reports.reduce((sum, { violations }) => sum + violations.length, 0);
  console.log(`\nturns: ${list(merged(({ fates }) => fates))}`);
  console.log(`kills at a named point: ${list(merged(({ failpoints }) => failpoints))}`);
  console.log(`${killed()} kills, ${breaches} breaches${isCutShort ? ", cut short" : ""}`);
  process.exit(breaches > 0 ? 1 : isCutShort ? 130 : 0);
}
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => finish(true));

console.log("  seed  kills  api  bot  cli  prompts  retried  tool runs  strays  breaches  seconds");
for (let seed = firstSeed; killed() < wanted && performance.now() < endsAtMs; seed += 1) {
  const kills = Math.min(KILLS_PER_ROUND, wanted - killed());
  const report = await runKillSweep({ cli: cli?.path ?? "", seed, kills }).catch((error: unknown) => {
    console.log(`${String(seed).padStart(6)}  the round could not be finished\n${repeatOf(seed, kills)}`);
    throw error;
  });
  reports.push(report);
  const cells: [number, number][] = [
    [seed, 6],
    [killsOf(report), 7],
    [report.kills.api, 5],
    [report.kills.bot, 5],
    [report.kills.cli, 5],
    [report.prompts, 9],
    [report.retried, 9],
    [report.executions, 11],
    [report.strayPlaceholders, 8],
    [report.violations.length, 10],
    [report.seconds, 9],
  ];
  console.log(cells.map(([value, width]) => String(value).padStart(width)).join(""));
  for (const violation of report.violations) console.log(`        ${violation}`);
  if (report.evidence !== null)
    console.log(`        printed, asked and shown: ${report.evidence}\n${repeatOf(seed, kills)}`);
}

finish(false);
