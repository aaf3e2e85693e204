import { expect, test } from "vitest";
import { cliVersions } from "../src/cli-versions.ts";
import { runKillSweep } from "../src/kill-sweep/kill-sweep.ts";

/** More, and with other seeds: `pnpm drill`. */
const SEEDS = [1, 2];
const KILLS_PER_SEED = 50;

test.each(SEEDS)(
  `${KILLS_PER_SEED} kills of API, bot and CLI during turns with tools lose nothing, run nothing twice, answer once and leave no process (seed %i)`,
  async (seed) => {
    const [cli] = cliVersions();
    const report = await runKillSweep({ cli: cli?.path ?? "", seed, kills: KILLS_PER_SEED });
    console.log(JSON.stringify(report));
    expect(report.violations).toEqual([]);
    expect(report.kills.api + report.kills.bot + report.kills.cli).toBeGreaterThanOrEqual(KILLS_PER_SEED);
    // A sweep in which nothing ever gets through, or no tool ever runs, would prove nothing.
    expect(report.fates.done).toBeGreaterThan(report.prompts / 4);
    expect(report.executions).toBeGreaterThan(5);
  },
  240_000,
);
