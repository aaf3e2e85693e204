/** Programs shut in: what they see, change and reach is what they were given. */
export type { Bubblewrap } from "./bubblewrap-arguments.ts";
export { examineSandbox, type SandboxExamination, type SandboxProblem } from "./examine-sandbox.ts";
export { findBubblewrap } from "./find-bubblewrap.ts";
export { createHostRules, type HostRules } from "./network/host-rules.ts";
export { probeSandbox } from "./probe/probe-sandbox.ts";
export { createSandbox, type Sandbox } from "./sandbox.ts";
export type { SandboxForward, SandboxPlaceholder, SandboxRequest } from "./sandbox-request.ts";
