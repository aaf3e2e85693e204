import type { SpawnOptions, SpawnResult } from "@steward/platform/process";
import type { CliLaunch } from "../cli-driver.ts";

/** How a CLI's process is started: plainly, or shut in so that it reaches nothing it was not given. */
export interface CliConfinement {
  /** The process that comes back is the CLI itself, wherever it runs. Throws CliError when it must not be started. */
  spawn(options: SpawnOptions, launch: CliLaunch): Promise<ConfinedSpawnResult>;
}

/** `changedGuards`: paths that were to stay what they are and that nothing guards any more; none without a sandbox. */
export type ConfinedSpawnResult =
  | (Extract<SpawnResult, { ok: true }> & { changedGuards?(): readonly string[] })
  | Extract<SpawnResult, { ok: false }>;
