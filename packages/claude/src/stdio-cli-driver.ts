import { type Clock, createSystemClock } from "@steward/platform/clock";
import { createSilentLogger, type Logger } from "@steward/platform/logger";
import {
  createProcessSpawner,
  createProcessTable,
  type ProcessSpawner,
  type ProcessTable,
} from "@steward/platform/process";
import { type CliDriver, CliError } from "./cli-driver.ts";
import { isSupportedVersion, MINIMUM_CLI_VERSION } from "./launch/cli-version.ts";
import type { CliProcessDeps } from "./session/cli-process.ts";
import { LiveCliSession } from "./session/live-cli-session.ts";

export interface StdioCliDriverDeps {
  clock?: Clock;
  spawner?: ProcessSpawner;
  table?: ProcessTable;
  log?: Logger;
}

/** Drives the real CLI over its stream-json protocol on stdin and stdout. */
export function createStdioCliDriver(deps: StdioCliDriverDeps = {}): CliDriver {
  const parts: CliProcessDeps = {
    clock: deps.clock ?? createSystemClock(),
    spawner: deps.spawner ?? createProcessSpawner(),
    table: deps.table ?? createProcessTable(),
    log: deps.log ?? createSilentLogger(),
  };
  return {
    async open(launch, host) {
      if (!isSupportedVersion(launch.binary.version)) {
        throw new CliError("cli_too_old", `${launch.binary.version} is older than ${MINIMUM_CLI_VERSION}`);
      }
      return await LiveCliSession.open(launch, host, parts);
    },
  };
}
