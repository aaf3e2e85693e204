import { join } from "node:path";
import { createPlainCli } from "@steward/claude/plain-cli";
import { createSandboxedCli } from "@steward/claude/sandboxed-cli";
import type { Clock } from "@steward/platform/clock";
import type { Ids } from "@steward/platform/ids";
import type { Logger } from "@steward/platform/logger";
import { createProcessSpawner } from "@steward/platform/process";
import { createGuardLedger, createGuardRegistry, examineSandbox } from "@steward/platform/sandbox";
import type { ApiConfig } from "../api-config.ts";
import type { Environment } from "../env.ts";
import { createConfinedGit } from "./confined-git.ts";
import { SandboxHost } from "./sandbox-host.ts";

/** The sandbox of this machine. */
export function createSandboxHost(deps: {
  config: ApiConfig;
  environment: Environment;
  dataDirectory: string;
  workplaces: readonly string[];
  /** Files besides the data directory that hold secrets: the database where it lies elsewhere, `.env`. */
  secrets: readonly string[];
  /** Steward's own checkout. */
  programDirectory: string;
  clock: Clock;
  ids: Ids;
  log: Logger;
}): SandboxHost {
  const { config, environment, dataDirectory, workplaces, secrets, programDirectory, clock, ids, log } = deps;
  const spawner = createProcessSpawner();
  const guards = createGuardRegistry(createGuardLedger(join(dataDirectory, "guards.json")));
  // Also where the sandbox has been switched off since.
  guards.removeLeftovers();
  return new SandboxHost({
    setting: config.sandbox.setting,
    bypassWithout: config.sandbox.bypassWithout,
    examine: () => examineSandbox({ env: environment, dataDirectory, secrets, guards, spawner, clock, ids }),
    confine: (sandbox) =>
      createSandboxedCli({
        sandbox,
        dataDirectory,
        workplaces,
        secrets,
        programDirectory,
        readable: config.sandbox.readable,
      }),
    confineGit: (sandbox) => createConfinedGit(sandbox, [dataDirectory, ...secrets]),
    plain: createPlainCli({ spawner, directory: join(dataDirectory, "run") }),
    isRoot: process.getuid?.() === 0,
    log,
  });
}

/** `STEWARD_SANDBOX=require` where there is none. */
export class SandboxRequiredError extends Error {
  constructor(message: string | null) {
    super(
      `STEWARD_SANDBOX is "require". ${message ?? "There is no sandbox"}. ` +
        "`steward doctor` says how to mend it; STEWARD_SANDBOX=auto starts without one.",
    );
    this.name = "SandboxRequiredError";
  }
}
