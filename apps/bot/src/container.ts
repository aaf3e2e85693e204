import { createClient } from "@steward/client/client";
import type { Clock, Timer } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import { createBotApi } from "@steward/telegram/api";
import { createFileSource } from "@steward/telegram/files";
import { type BotRunner, createBotRunner } from "./bot-runner.ts";
import type { BotEnv } from "./env.ts";
import { createStewardFetch } from "./steward/steward-fetch.ts";

export interface Container {
  start(): void;
  stop(): Promise<void>;
}

/** Between the starts of two bots, so that many do not knock at Telegram and the API at the same moment. */
const STAGGER_MS = 150;

/** The whole wiring: one runner per bot, sharing nothing but the way to the API. */
export function createContainer(deps: {
  env: BotEnv;
  readToken: () => string | undefined;
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  clock: Clock;
  log: Logger;
}): Container {
  const { env, clock, fetch } = deps;
  const client = createClient({
    baseUrl: env.stewardUrl,
    fetch: createStewardFetch({ readToken: deps.readToken, fetch }),
  });
  const runners = env.accounts.map((account): BotRunner => {
    const log = deps.log.child({ botId: account.botId });
    const api = createBotApi({ token: account.token, apiRoot: env.apiRoot, fetch, clock });
    const source = createFileSource({ ...env, api, token: account.token, fetch, clock });
    return createBotRunner({ account, apiRoot: env.apiRoot, api, source, client, clock, log });
  });
  const starts: Timer[] = [];
  return {
    start() {
      for (const [index, runner] of runners.entries()) {
        starts.push(clock.setTimer(index * STAGGER_MS, () => runner.start()));
      }
    },
    async stop() {
      for (const timer of starts) timer.cancel();
      await Promise.all(runners.map((runner) => runner.stop()));
    },
  };
}
