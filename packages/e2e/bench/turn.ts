import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createMemory } from "@steward/contract/memories";
import { startTelegramEmulator } from "@steward/testkit/telegram";
import { cliVersions } from "../src/cli-versions.ts";
import { startRig } from "../src/rig.ts";
import { pairPerson } from "../src/telegram-chat.ts";
import {
  type Contender,
  PROCESS_PER_MESSAGE,
  processPerMessage,
  RAW_PIPE,
  rawPipe,
  STEWARD_ONE_REQUEST,
  STEWARD_SUBMIT_THEN_EVENTS,
  stewardHttp,
  stewardStream,
  stewardTelegram,
} from "./contenders.ts";
import { startModelProcess } from "./model-process.ts";
import { median, quantile } from "./statistics.ts";

/**
 * `pnpm bench turn`: from sending a prompt to the first text of the answer, side by side in one run against the same
 * scripted model. The contenders take turns, so that a busy moment of the machine falls on all of them. With `--memories N` there is so much to be
 * reminded of in every chat.
 */
const { values } = parseArgs({
  options: { json: { type: "boolean" }, rounds: { type: "string" }, memories: { type: "string" } },
  allowPositionals: true,
});
const rounds = Number(values.rounds ?? 20);

const WARM_UP_ROUNDS = 6;

/** DESIGN §12. */
const MAX_RATIO_TO_RAW = 1.5;
const MAX_MORE_THAN_RAW_MS = 15;
const MIN_TIMES_SOONER_THAN_COLD = 20;

/** What the last contender still has to tidy up (transcript, log, exit) must not fall on the next one. */
const rest = () => new Promise((resolve) => setTimeout(resolve, 250));

const [cli] = cliVersions();
if (!cli) throw new Error("no Claude CLI to measure with");
const emulator = await startTelegramEmulator();
const bot = emulator.addBot();
const model = await startModelProcess();
const rig = await startRig({
  cli: cli.path,
  telegram: { url: emulator.url, tokens: [bot.token] },
  // As it runs at home: the rig itself logs everything.
  apiEnv: { ...model.env, STEWARD_LOG_LEVEL: "info" },
});
const seat = { cli: cli.path, modelEnv: model.env, folder: mkdtempSync(join(tmpdir(), "steward-bench-")) };
const samples = new Map<string, number[]>();
try {
  const chat = await pairPerson(rig, emulator, bot, emulator.user());
  for (let n = 0; n < Number(values.memories ?? 0); n += 1) {
    const body = {
      shared: true as const,
      key: `note ${n}`,
      content: `what was said in round ${n} of so many words`,
    };
    await rig.client().call(createMemory, { body });
  }
  const contenders: Contender[] = [
    rawPipe(seat),
    stewardStream(rig),
    processPerMessage(seat),
    stewardHttp(rig),
    stewardTelegram((text) => chat.exchange(text, text.slice("SAY:".length))),
  ];
  for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
    for (const contender of contenders) {
      // A word per round: the answer of one round is not taken for another's.
      await rest();
      const ms = await contender.ask(`SAY:round ${round + WARM_UP_ROUNDS} of ${contender.name.length} words`);
      // The first rounds start the processes and let them settle; they are not counted.
      if (round >= 0) samples.set(contender.name, [...(samples.get(contender.name) ?? []), ms]);
    }
  }
  for (const contender of contenders) await contender.close();
} finally {
  await rig.close();
  await model.close();
  await emulator.close();
  rmSync(seat.folder, { recursive: true, force: true });
}

const medianOf = (name: string): number => median(samples.get(name) ?? []);
const raw = medianOf(RAW_PIPE);
const cold = medianOf(PROCESS_PER_MESSAGE);
if (Number.isNaN(raw) || Number.isNaN(cold)) throw new Error("nothing was measured");
const rows = [...samples].map(([name, times]) => ({
  name,
  medianMs: median(times),
  p90Ms: quantile(times, 0.9),
  ratioToRaw: median(times) / raw,
}));
/** Every door that streams over HTTP has to keep the budget, not only the quickest. */
const doors = [STEWARD_ONE_REQUEST, STEWARD_SUBMIT_THEN_EVENTS].map((name) => {
  const warm = medianOf(name);
  const nearRaw = warm / raw <= MAX_RATIO_TO_RAW || warm - raw <= MAX_MORE_THAN_RAW_MS;
  return {
    name,
    warmOverRaw: warm / raw,
    warmMinusRawMs: warm - raw,
    soonerThanCold: cold / warm,
    withinBudget: nearRaw && cold / warm >= MIN_TIMES_SOONER_THAN_COLD,
  };
});
const withinBudget = doors.every((door) => door.withinBudget);

if (values.json) {
  console.log(
    JSON.stringify(
      { rounds, cores: cpus().length, node: process.version, cli: cli.name, rows, doors, withinBudget },
      null,
      2,
    ),
  );
} else {
  console.log(
    `first text after the prompt, ${rounds} rounds, ${cpus().length} cores, Node ${process.version}\n`,
  );
  console.log(`${"".padEnd(40)}${"median".padStart(10)}${"p90".padStart(10)}${"× raw".padStart(8)}`);
  for (const { name, medianMs, p90Ms, ratioToRaw } of rows) {
    const columns = [`${medianMs.toFixed(1)} ms`.padStart(10), `${p90Ms.toFixed(1)} ms`.padStart(10)];
    console.log(`${name.padEnd(40)}${columns.join("")}${ratioToRaw.toFixed(1).padStart(8)}`);
  }
  console.log("");
  for (const door of doors) {
    console.log(
      `${door.name}: ${door.warmOverRaw.toFixed(2)} × the raw pipe, ${door.warmMinusRawMs.toFixed(1)} ms more; ` +
        `${door.soonerThanCold.toFixed(1)} × sooner than a process per message: ` +
        (door.withinBudget ? "within the budget" : "NOT within the budget"),
    );
  }
}
process.exitCode = withinBudget ? 0 : 1;
