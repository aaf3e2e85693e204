import { parentWatch } from "../toolchain/parent-watch.mjs";
import { askSignInLink, askSystem, describeRunning } from "./banner.mjs";
import { formatLogLine } from "./log-line.mjs";
import { DEVELOPMENT_HOST, describePrograms } from "./programs.mjs";
import { readSettings } from "./settings.mjs";
import { onStopSignal } from "./stop-signals.mjs";
import { Supervisor } from "./supervisor.mjs";

/**
 * Starts Steward's programs and stays until they have ended.
 *
 * @param {Pick<import("../toolchain.mjs").Toolchain, "root" | "env">} toolchain
 * @param {object} options
 * @param {ReturnType<typeof import("../steps/steps.mjs").createSteps>} options.steps two steps are taken, three in development
 * @param {boolean} [options.forDevelopment] everything restarts itself when a source file changes
 * @returns {Promise<number>} the exit code
 */
export async function runSteward({ root, env }, { steps, forDevelopment = false }) {
  const settings = readSettings(root, env);
  const forPerson = process.stdout.isTTY;
  const supervisor = new Supervisor({
    // Without a terminal somebody's log collector reads: the JSON lines go through untouched.
    onLine: (name, line) => console.log(forPerson ? formatLogLine(name, line, { colours: true }) : line),
    onNotice: (text) => console.error(`Steward: ${text}`),
  });
  const stop = () => void supervisor.stop();
  onStopSignal(stop);
  parentWatch(stop);

  const programs = describePrograms({
    root,
    env,
    settings,
    forDevelopment,
    say: (text) => console.log(`API: ${text}`),
  });
  const { hasTelegram, address } = settings;
  try {
    await steps.run("API", () => startProgram(supervisor, programs.api, `ready at ${address}`));
    await steps.run("Telegram", async () =>
      hasTelegram ? await startProgram(supervisor, programs.bot, "bot started") : "not configured",
    );
    const webAddress = forDevelopment ? `http://${DEVELOPMENT_HOST}` : address;
    if (forDevelopment)
      await steps.run("Web UI", () => startProgram(supervisor, programs.web, `at ${webAddress}`));
    const system = await askSystem(settings);
    // A link that signs in is no text for a log collector.
    const link = forPerson ? await askSignInLink(settings, webAddress) : undefined;
    for (const line of describeRunning({ address, hasTelegram, system, link })) console.log(line);
  } catch (error) {
    // The reason has been told; what is left is to end with the right code.
    if (!(error instanceof NotStartedError)) throw error;
  }
  return await supervisor.ended;
}

class NotStartedError extends Error {
  /** @override */
  name = "NotStartedError";
}

/**
 * @param {Supervisor} supervisor
 * @param {import("./supervised-child.mjs").Program} program
 * @param {string} outcome
 */
async function startProgram(supervisor, program, outcome) {
  if (await supervisor.start(program)) return outcome;
  throw new NotStartedError(`${program.name} was not started`);
}
