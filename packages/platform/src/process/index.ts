/** Starting, watching and ending programs. */
export { DEFAULT_END_PLAN, type EndPlan, type EndResult, endProcessTree } from "./end-process-tree.ts";
export {
  createFakeSpawner,
  type FakeProcess,
  type FakeSpawner,
  type FakeSpawnerOptions,
} from "./fake-spawner.ts";
export type {
  ManagedProcess,
  ProcessChannel,
  ProcessExit,
  ProcessInput,
  ProcessSpawner,
  SpawnErrorCode,
  SpawnOptions,
  SpawnResult,
} from "./managed-process.ts";
export { SpawnError } from "./managed-process.ts";
export {
  type Found as FoundProcesses,
  findMarkedProcesses,
  identity as processIdentity,
  lookForMarked as lookForMarkedProcesses,
  type MarkedProcess,
  type ProcessMarker,
  type SweepDeps,
  type SweepResult,
  sweep as sweepProcesses,
  sweepMarked,
} from "./marked-processes.ts";
export { createProcessTable, type ProcessEntry, type ProcessTable } from "./process-table.ts";
export { sampleTrees, type TreeUsage } from "./process-usage.ts";
export { type CommandOptions, type CommandResult, runCommand } from "./run-command.ts";
export { createProcessSpawner, spawnProcess } from "./spawn-process.ts";
export { createParentTie, type ParentTie } from "./tie-to-parent.ts";
