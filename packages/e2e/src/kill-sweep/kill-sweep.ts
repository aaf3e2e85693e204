import { readlinkSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { FAILPOINTS } from "@steward/platform/failpoint-names";
import { startTelegramEmulator, type TelegramEmulator } from "@steward/testkit/telegram";
import { type Rig, startRig } from "../rig.ts";
import { pairPerson, type TelegramChat } from "../telegram-chat.ts";
import { keepService, type ServiceRun } from "./kept-service.ts";
import { createSeededRandom, type SeededRandom } from "./seeded-random.ts";
import { judgeSweep, type Verdict } from "./sweep-oracle.ts";
import { makePrompt, type SweepPrompt, WORK_COMMAND } from "./sweep-prompts.ts";

export interface SweepOptions {
  cli: string;
  seed: number;
  kills: number;
  chats?: number;
}

export interface SweepReport extends Verdict {
  seed: number;
  prompts: number;
  kills: { api: number; bot: number; cli: number };
  /** Where all that was printed, asked and shown has been written to, when something was broken. */
  evidence: string | null;
  /** Kills of the API at a named point, by its name; the others fell anywhere. */
  failpoints: Record<string, number>;
  seconds: number;
}

/** A kill falls within this time after the model was asked something: a turn of the sweep takes about as long. */
const LONGEST_WAIT_MS = 900;
/** So long a turn is waited for; a start of API and CLI together takes half of it. */
const TURN_PATIENCE_MS = 4_000;
const STILL_BUSY_MS = 3_000;
/** More would only queue up. */
const MOST_UNANSWERED = 2;
/** Seconds between two prompts of a chat, by the dates they bear: no burst. */
const APART_S = 60;
const SETTLE_TIMEOUT_MS = 90_000;
/** So long an API that was told a point to die at is left to get there. */
const POINT_PATIENCE_MS = 6_000;

/**
 * Kills API, bot and CLI by SIGKILL at random instants and failpoints, while people in Telegram keep asking for turns
 * with tools; starts again what it killed, waits until everything has been answered and judges what is left.
 */
export const runKillSweep = async (options: SweepOptions): Promise<SweepReport> => {
  const startedMs = performance.now();
  const random = createSeededRandom(options.seed);
  const emulator = await startTelegramEmulator();
  const bot = emulator.addBot();
  const rig = await startRig({
    cli: options.cli,
    telegram: { url: emulator.url, tokens: [bot.token] },
    commands: { "sweep-work": WORK_COMMAND },
  });
  try {
    const chats: TelegramChat[] = [];
    for (let at = 0; at < (options.chats ?? 3); at += 1)
      chats.push(await pairPerson(rig, emulator, bot, emulator.user()));
    const asked = chats.map((): SweepPrompt[] => []);
    const before = chats.map((chat) => chat.botTexts().length);
    const killer = startKiller(rig, random, options.cli);
    let count = 0;
    while (killer.total() < options.kills) {
      const at = random.below(chats.length);
      const [chat, own] = [chats[at], asked[at]];
      if (!chat || !own) throw new Error("there is no such chat");
      if (own.length - answersIn(emulator, chat, before[at] ?? 0) < MOST_UNANSWERED) {
        const prompt = makePrompt(`k${options.seed}x${count++}`, random);
        own.push(prompt);
        // Each is a turn of its own, also when several are fetched together after an outage.
        const date = Math.floor(Date.now() / 1_000) + count * APART_S;
        chat.seat.sendText(prompt.text, { extra: { date } });
      }
      const since = killer.lastKillAt();
      // Nothing runs (a bot that is away, a start that was killed): a kill between turns counts as well.
      await rig.model
        .waitForRequest(({ kind, at }) => kind === "turn" && at > since, TURN_PATIENCE_MS)
        .catch(() => undefined);
      await sleep(random.below(LONGEST_WAIT_MS));
      await killer.killOne();
    }
    await killer.end();
    try {
      await Promise.all(chats.map((chat) => lastWord(emulator, chat)));
    } catch (error) {
      const output = `${rig.api.output()}\n\n${rig.bot?.output() ?? ""}`;
      throw new Error(`not everything was answered:\n${output}`, { cause: error });
    }
    await rig.bot?.end("SIGTERM");
    await rig.api.end("SIGTERM");
    const orphans = rig.cliProcesses();
    const verdict = judgeSweep(
      rig.home,
      chats.map((chat, at) => ({
        botId: String(chat.bot.id),
        chatId: String(chat.person.id),
        prompts: asked[at] ?? [],
        shown: chat.botTexts().slice(before[at]),
      })),
    );
    verdict.violations.push(
      ...killer.violations,
      ...orphans.map(({ pid }) => `I3: process ${pid} is left`),
      ...emulator.violations.map(({ message }) => `Telegram: ${message}`),
    );
    let evidence: string | null = null;
    if (verdict.violations.length > 0) {
      evidence = join(tmpdir(), `steward-kill-sweep-${options.seed}.log`);
      const asked = rig.model.requests.map(({ at, kind, sessionId, prompt }) =>
        JSON.stringify({ time: at, name: "model", kind, sessionId, prompt }),
      );
      const parts = [killer.output(), asked.join("\n"), emulator.renderTranscript()];
      writeFileSync(evidence, parts.join("\n"), { mode: 0o600 });
    }
    return {
      ...verdict,
      evidence,
      seed: options.seed,
      prompts: count,
      kills: killer.kills(),
      failpoints: killer.failpoints,
      seconds: Math.round((performance.now() - startedMs) / 1000),
    };
  } finally {
    await rig.close();
    await emulator.close();
    emulator.assertNoViolations();
  }
};

/** Kills one of the three at a time, and has the two services started again. */
const startKiller = (rig: Rig, random: SeededRandom, cli: string) => {
  const binary = realpathSync(cli);
  const failpoints: Record<string, number> = {};
  const violations: string[] = [];
  const outputs = [rig.api.output, ...(rig.bot ? [rig.bot.output] : [])];
  let cliKills = 0;
  let armed: string | null = null;
  let armedAtMs = 0;
  let killedAt = 0;
  let arming = true;

  /** Every start of the API is told a point to die at, or none: then it dies at any instant. */
  const arm = (): Record<string, string> => {
    const [first, ...others] = FAILPOINTS;
    armed = arming && random.next() < 0.7 ? random.pick([first, ...others]) : null;
    armedAtMs = performance.now();
    // A start passes its own points once.
    const pass = armed !== null && /^(boot|recovery)\./.test(armed) ? 1 : 1 + random.below(2);
    return armed === null ? {} : { STEWARD_FAILPOINTS: `${armed}=kill:${pass}` };
  };
  const startApi = (): ServiceRun => {
    const orphans = rig.cliProcesses().map(({ pid }) => pid);
    const ready = rig.startApi(arm()).then(() => {
      // I3: the new service has ended everything of the old one before it said that it is ready.
      const left = rig.cliProcesses().filter(({ pid }) => orphans.includes(pid));
      violations.push(...left.map(({ pid }) => `I3: process ${pid} outlived the restart`));
    });
    const { pid, exited } = rig.api;
    const point = armed;
    void exited.then((code) => {
      if (code === null && point !== null && !shot.has(pid)) failpoints[point] = (failpoints[point] ?? 0) + 1;
    });
    outputs.push(rig.api.output);
    return { pid, exited, ready };
  };
  const startBot = (): ServiceRun => {
    rig.startBot();
    if (!rig.bot) throw new Error("this rig has no bot");
    outputs.push(rig.bot.output);
    return { pid: rig.bot.pid, exited: rig.bot.exited, ready: Promise.resolve() };
  };
  /** Those that were killed from here, at no named point. */
  const shot = new Set<number>();
  const api = keepService({ pid: rig.api.pid, exited: rig.api.exited, ready: Promise.resolve() }, startApi);
  const { bot: firstBot } = rig;
  if (!firstBot) throw new Error("this rig has no bot");
  const bot = keepService({ pid: firstBot.pid, exited: firstBot.exited, ready: Promise.resolve() }, startBot);

  /** One that has asked the model something just now; one that is only starting would lose no turn. */
  const killCli = (): void => {
    const since = Date.now() - STILL_BUSY_MS;
    const asked = rig.model.requests.slice(-20).filter(({ kind, at }) => kind === "turn" && at > since);
    const busy = new Set(asked.map(({ sessionId }) => sessionId));
    const [first, ...others] = rig
      .cliProcesses()
      .filter(({ pid, session }) => runs(pid, binary) && (busy.has(session) || random.next() < 0.1));
    if (!first) return;
    process.kill(random.pick([first, ...others]).pid, "SIGKILL");
    cliKills += 1;
  };
  const killApi = async (): Promise<void> => {
    shot.add(rig.api.pid);
    await api.kill();
  };
  return {
    failpoints,
    violations,
    /** All that was printed, run after run. */
    output: () => outputs.map((output) => output()).join("\n"),
    kills: () => ({ api: api.kills, bot: bot.kills, cli: cliKills }),
    total: () => api.kills + bot.kills + cliKills,
    lastKillAt: () => killedAt,
    killOne: async (): Promise<void> => {
      await Promise.all([api.up(), bot.up()]);
      killedAt = Date.now();
      const dice = random.next();
      const onItsWay = armed !== null && performance.now() - armedAtMs < POINT_PATIENCE_MS;
      if (dice < 0.35) return onItsWay ? undefined : await killApi();
      if (dice < 0.6) await bot.kill();
      else killCli();
    },
    /** The last start of the API is told nothing; from then on all goes well. */
    end: async (): Promise<void> => {
      arming = false;
      await killApi();
      await Promise.all([api.up(), bot.up()]);
      api.release();
      bot.release();
    },
  };
};

const runs = (pid: number, binary: string): boolean => {
  try {
    return readlinkSync(`/proc/${pid}/exe`) === binary;
  } catch (error) {
    // It has gone between the listing and this look.
    return (error as NodeJS.ErrnoException).code === undefined;
  }
};

/** What the bot has said to its end: its status messages carry a Stop button. */
const answersIn = (emulator: TelegramEmulator, chat: TelegramChat, before: number): number =>
  emulator
    .transcript(chat.bot, chat.person)
    .visible.filter(({ from }) => from.id === chat.bot.id)
    .slice(before)
    .filter(({ replyMarkup }) => !JSON.stringify(replyMarkup ?? "").includes('"s:')).length;

/** Answers stand in the order of their prompts: with this one, all before it are there. */
const lastWord = async (emulator: TelegramEmulator, chat: TelegramChat): Promise<void> => {
  chat.seat.sendText("SAY:the last word");
  await emulator.waitForMessage(chat.bot, chat.person, (each) => each.text === "the last word", {
    timeoutMs: SETTLE_TIMEOUT_MS,
  });
};
