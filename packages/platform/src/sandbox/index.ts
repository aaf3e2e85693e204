/** Programs shut in: what they see, change and reach is what they were given. */
export type { Bubblewrap } from "./bubblewrap-arguments.ts";
export { examineSandbox, type SandboxExamination, type SandboxProblem } from "./examine-sandbox.ts";
export { findBubblewrap } from "./find-bubblewrap.ts";
export { createGuardLedger } from "./guards/guard-ledger.ts";
export { createGuardRegistry, type GuardRegistry } from "./guards/guard-registry.ts";
export type { GuardedPath } from "./guards/guarded-path.ts";
export { createHostRules, type HostRules } from "./network/host-rules.ts";
export { probeSandbox } from "./probe/probe-sandbox.ts";
export {
  createSandbox,
  type Sandbox,
  type SandboxCommandRequest,
  type SandboxSpawnResult,
} from "./sandbox.ts";
export type { SandboxForward, SandboxPathDoor, SandboxRequest } from "./sandbox-request.ts";
