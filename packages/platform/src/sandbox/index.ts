/** Programs shut in: what they see, change and reach is what they were given. */
export type { Bubblewrap } from "./bubblewrap-arguments.ts";
export { type FindBubblewrapResult, findBubblewrap } from "./find-bubblewrap.ts";
export { createHostRules, type HostRules } from "./network/host-rules.ts";
export { probeSandbox, type SandboxVerdict } from "./probe/probe-sandbox.ts";
export { createSandbox, type Sandbox, type SandboxDeps } from "./sandbox.ts";
export type { SandboxForward, SandboxPlaceholder, SandboxRequest } from "./sandbox-request.ts";
