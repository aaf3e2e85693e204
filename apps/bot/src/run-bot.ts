import { createSystemClock } from "@steward/platform/clock";
import { DataDirectoryError, openDataDirectory } from "@steward/platform/data-directory";
import { formatProblems, loadDotEnv } from "@steward/platform/env";
import { createLogger, createRedactor } from "@steward/platform/logger";
import { createContainer } from "./container.ts";
import { mergeEnvironment, readBotEnv } from "./env.ts";
import { createQuickFetch } from "./outbound/quick-fetch.ts";

/** What the supervisor understands: 1 = settings to be mended, anything else but 0 = a crash. */
const MISCONFIGURED = 1;
const CRASHED = 70;

/** The program: settings → container → polling → signals. Ends the process. */
export function runBot(source: { own: NodeJS.ProcessEnv; dotEnvPath: string }): void {
  const env = readBotEnv(mergeEnvironment(source.own, loadDotEnv(source.dotEnvPath)));
  if (!env.ok) {
    process.stderr.write(
      `The Telegram bot cannot start, these settings are wrong:\n${formatProblems(env.problems)}\n`,
    );
    process.exit(MISCONFIGURED);
  }

  const redact = createRedactor(env.value.accounts.map(({ token }) => token));
  const log = createLogger({ name: "bot", level: env.value.logLevel, redact });
  const readToken = openHome(env.value.home);
  const container = createContainer({
    env: env.value,
    readToken: () => {
      const token = readToken();
      if (token !== undefined) redact.add(token);
      return token;
    },
    fetch: createQuickFetch(fetch),
    clock: createSystemClock(),
    log,
  });

  let isLeaving = false;
  const leave = (exitCode: number, why: string): void => {
    if (isLeaving) return;
    isLeaving = true;
    log.info({ why }, "stopping");
    void container.stop().finally(() => process.exit(exitCode));
  };
  process.on("SIGTERM", () => leave(0, "SIGTERM"));
  process.on("SIGINT", () => leave(0, "SIGINT"));
  // Rejections that nobody handles arrive here as well.
  process.on("uncaughtException", (error, origin) => {
    log.error({ err: error, origin }, "an error that nobody foresaw");
    leave(CRASHED, origin);
  });
  log.info({ bots: env.value.accounts.length, api: env.value.stewardUrl }, "starting");
  container.start();
}

function openHome(home: string): () => string | undefined {
  try {
    return openDataDirectory(home).readToken;
  } catch (error) {
    if (!(error instanceof DataDirectoryError)) throw error;
    process.stderr.write(`The Telegram bot cannot start:\n  STEWARD_HOME: ${error.message}\n`);
    process.exit(MISCONFIGURED);
  }
}
