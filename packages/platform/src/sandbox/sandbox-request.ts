import type { GuardedPath } from "./guards/guarded-path.ts";
import type { HostRules } from "./network/host-rules.ts";

/** A port of the sandbox's own loopback that leads to one place outside, and to nowhere else. */
export interface SandboxForward {
  port: number;
  target: { host: string; port: number };
}

/**
 * A port of the sandbox's own loopback that leads to one path of an HTTP server outside, for requests that carry this very
 * Authorization header; everything else is refused at the door.
 */
export interface SandboxPathDoor {
  port: number;
  target: { host: string; port: number };
  /** As it stands in the request line, without a query. */
  path: string;
  authorization: string;
}

/** What one sandboxed process may see, change and reach. Everything else is not there. Paths are absolute. */
export interface SandboxRequest {
  /** The process starts in it. Writable, unless `readOnly` names it. The same path inside and outside. */
  cwd: string;
  /** Shown as an empty directory that lasts as long as the process. */
  home: string;
  /** Shown and writable. What does not exist is left out. */
  writable: readonly string[];
  /** Shown. What does not exist is left out. */
  readOnly: readonly string[];
  /** Hidden, as far as they lie in something that is shown. */
  masked: readonly string[];
  /** What in all that must stay what it is. */
  guarded: readonly GuardedPath[];
  /** Private copies, made inside; nothing of them comes back. */
  files: readonly { path: string; content: string }[];
  forwards: readonly SandboxForward[];
  pathDoors: readonly SandboxPathDoor[];
  /** Where an HTTP proxy on the sandbox's loopback leads to; `null`: no proxy. */
  proxy: { port: number; rules: HostRules; upstream: URL | null } | null;
  /** Most processes and threads at once, where the host lets us say so. */
  maxProcesses: number;
}
