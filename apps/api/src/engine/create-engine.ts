import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { findCliBinary } from "@steward/claude/cli-binary";
import { buildCliEnvironment } from "@steward/claude/cli-environment";
import { probeLogin } from "@steward/claude/cli-login";
import type { Core } from "@steward/core/core";
import { startDemoModel } from "@steward/demo-model/server";
import type { Clock } from "@steward/platform/clock";
import type { Ids } from "@steward/platform/ids";
import type { Logger } from "@steward/platform/logger";
import type { ApiConfig } from "../api-config.ts";
import type { Environment } from "../env.ts";
import { type DemoEndpoint, EngineHost } from "./engine-host.ts";
import { createTrackedSpawner } from "./tracked-spawner.ts";

/** All that a CLI which talks to the demo model needs of ours: no login, no proxy, no configuration of the owner's. */
const DEMO_VARIABLES = ["PATH", "LANG", "TERM", "TZ", "TMPDIR"] as const;

/** The engine on this machine's real CLI. */
export function createEngine(deps: {
  config: ApiConfig;
  environment: Environment;
  dataDirectory: string;
  settings: Pick<Core["settings"], "get" | "set">;
  clock: Clock;
  ids: Ids;
  log: Logger;
}): EngineHost {
  const { config, environment, settings, clock, ids, log } = deps;
  const source = { ...environment, CLAUDE_BIN: config.claude.bin ?? undefined };
  const liveEnvironment = () => buildCliEnvironment({ source });
  const spawner = createTrackedSpawner({ clock });
  return new EngineHost({
    probe: {
      find: () => findCliBinary({ env: source, spawner }),
      login: (binary) => probeLogin(binary, liveEnvironment(), { spawner }),
      end: () => spawner.endAll(),
    },
    hasCredentials: Object.keys(config.claude.credentials).length > 0,
    hasTelegram: config.telegram.configured,
    memory: {
      wasConfigured: () => settings.get("configured_at") !== null,
      rememberConfigured: () => settings.set("configured_at", new Date(clock.now()).toISOString()),
    },
    liveEnvironment,
    startDemo: () => startDemo({ environment, dataDirectory: deps.dataDirectory, clock, ids, log }),
    clock,
    log,
  });
}

/** The CLI's HOME in demo mode. */
export const demoHome = (dataDirectory: string): string => join(dataDirectory, "demo-home");

/** The demo model on a loopback port of its own, for this run's random key only; the CLI gets a HOME of its own. */
async function startDemo(deps: {
  environment: Environment;
  dataDirectory: string;
  clock: Clock;
  ids: Ids;
  log: Logger;
}): Promise<DemoEndpoint> {
  const home = demoHome(deps.dataDirectory);
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const model = await startDemoModel({
    port: 0,
    apiKey: deps.ids.token(32),
    clock: deps.clock,
    ids: deps.ids,
    log: deps.log,
  });
  return {
    env: buildCliEnvironment({
      source: Object.fromEntries(DEMO_VARIABLES.map((name) => [name, deps.environment[name]])),
      home,
      extra: { ANTHROPIC_BASE_URL: model.url, ANTHROPIC_API_KEY: model.apiKey },
    }),
    close: () => model.close(),
  };
}
