import { type Clock, createSystemClock } from "@steward/platform/clock";
import { createSilentLogger, type Logger } from "@steward/platform/logger";
import { createProcessSpawner, createProcessTable, type ProcessTable } from "@steward/platform/process";
import { type CliDriver, CliError } from "./cli-driver.ts";
import type { CliConfinement } from "./confinement/cli-confinement.ts";
import { isSupportedVersion, MINIMUM_CLI_VERSION } from "./launch/cli-version.ts";
import type { CliProcessDeps } from "./session/cli-process.ts";
import { LiveCliSession } from "./session/live-cli-session.ts";

export interface StdioCliDriverDeps {
  clock?: Clock;
  /** How processes are started; by default plainly. */
  confinement?: CliConfinement;
  table?: ProcessTable;
  log?: Logger;
}

/** Drives the real CLI over its stream-json protocol on stdin and stdout. */
export function createStdioCliDriver(deps: StdioCliDriverDeps = {}): CliDriver {
  const parts: CliProcessDeps = {
    clock: deps.clock ?? createSystemClock(),
    confinement: deps.confinement ?? createProcessSpawner(),
    table: deps.table ?? createProcessTable(),
    log: deps.log ?? createSilentLogger(),
  };
  return {
    async open(launch, host, signal) {
      if (!isSupportedVersion(launch.binary.version)) {
        throw new CliError("cli_too_old", `${launch.binary.version} is older than ${MINIMUM_CLI_VERSION}`);
      }
      return await LiveCliSession.open(launch, host, parts, signal);
    },
  };
}
