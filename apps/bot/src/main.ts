import { resolve } from "node:path";
import { createSystemClock } from "@steward/platform/clock";
import { DataDirectoryError, openDataDirectory } from "@steward/platform/data-directory";
import { formatProblems, loadDotEnv } from "@steward/platform/env";
import { createLogger, createRedactor } from "@steward/platform/logger";
import { createContainer } from "./container.ts";
import { mergeEnvironment, readBotEnv } from "./env.ts";

const env = readBotEnv(mergeEnvironment(process.env, loadDotEnv(resolve(".env"))));
if (!env.ok) {
  console.error(`The Telegram bot cannot start:\n${formatProblems(env.problems)}`);
  process.exit(1);
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
  fetch,
  clock: createSystemClock(),
  log,
});

let stopping = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, "stopping");
    void container.stop().finally(() => process.exit(0));
  });
}
log.info({ bots: env.value.accounts.length, api: env.value.stewardUrl }, "starting");
container.start();

function openHome(home: string): () => string | undefined {
  try {
    return openDataDirectory(home).readToken;
  } catch (error) {
    if (!(error instanceof DataDirectoryError)) throw error;
    console.error(`The Telegram bot cannot start:\n  STEWARD_HOME: ${error.message}`);
    process.exit(1);
  }
}
