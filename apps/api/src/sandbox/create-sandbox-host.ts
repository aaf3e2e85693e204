import { homedir } from "node:os";
import { createSandboxedCli } from "@steward/claude/sandboxed-cli";
import type { Clock } from "@steward/platform/clock";
import type { Ids } from "@steward/platform/ids";
import type { Logger } from "@steward/platform/logger";
import { createProcessSpawner, createProcessTable } from "@steward/platform/process";
import { createSandbox, findBubblewrap, probeSandbox } from "@steward/platform/sandbox";
import type { ApiConfig, Environment } from "../env.ts";
import { SandboxHost } from "./sandbox-host.ts";

/** The sandbox of this machine. */
export function createSandboxHost(deps: {
  config: ApiConfig;
  environment: Environment;
  dataDirectory: string;
  workplaces: readonly string[];
  databasePath: string;
  clock: Clock;
  ids: Ids;
  log: Logger;
}): SandboxHost {
  const { config, environment, dataDirectory, workplaces, clock, ids, log } = deps;
  const spawner = createProcessSpawner();
  const home = environment.HOME ?? homedir();
  return new SandboxHost({
    setting: config.sandbox.setting,
    bypassWithout: config.sandbox.bypassWithout,
    find: () => findBubblewrap(environment, { spawner }),
    prove: async ({ bubblewrap }) => {
      const sandbox = createSandbox({ bubblewrap, spawner, table: createProcessTable(), clock, ids });
      const confinement = createSandboxedCli({
        sandbox,
        dataDirectory,
        workplaces,
        secrets: [deps.databasePath],
        readable: config.sandbox.readable,
      });
      return { verdict: await probeSandbox({ sandbox, dataDirectory, home, clock }), confinement };
    },
    plain: spawner,
    isRoot: process.getuid?.() === 0,
    clock,
    log,
  });
}

/** `STEWARD_SANDBOX=require` where there is none. */
export class SandboxRequiredError extends Error {
  constructor(problem: string | null, detail: string | null) {
    super(
      `STEWARD_SANDBOX is "require", and this machine cannot shut Claude in (${[problem, detail].filter(Boolean).join(": ")}). ` +
        "See `steward doctor` for how to mend it, or set STEWARD_SANDBOX=auto.",
    );
    this.name = "SandboxRequiredError";
  }
}
