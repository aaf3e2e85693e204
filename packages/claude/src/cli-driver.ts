import type { CliErrorCode, CliEvent } from "./cli-event.ts";

export type { CliErrorCode, CliEvent };

/** A Claude CLI found on this machine. */
export interface CliBinary {
  path: string;
  /** As `--version` says it: `2.1.197`. */
  version: string;
  source: "env" | "path" | "bundled";
}

export type CliPermissionMode = "default" | "acceptEdits" | "plan" | "dontAsk" | "bypassPermissions";

/** A server of tools that a CLI process talks to over HTTP on this machine. */
export interface CliToolServer {
  /** Stands in the tools' names: `mcp__<name>__<tool>`. All of them run without a question. */
  name: string;
  /** `http://host:port/path` */
  url: string;
  /** Its bearer token: goes to the process in a file of its own, never on the command line. */
  token: string;
}

/** Everything that decides one CLI process. */
export interface CliLaunch {
  binary: CliBinary;
  cwd: string;
  /** Our own UUID. */
  cliSessionId: string;
  /** `true` when a transcript exists (`--resume`), else `--session-id`. Never `--continue`. */
  resume: boolean;
  /** The complete environment of the child; made by `buildCliEnvironment`. */
  env: Record<string, string>;
  /** Set in the environment, inherited by every descendant: how the sweep finds them. */
  marker: { name: string; value: string };
  model?: string;
  /** Answers a turn whose `model` was overloaded three times in a row. */
  fallbackModel?: string;
  permissionMode?: CliPermissionMode;
  /** Tools that run without a question, each in the CLI's rule syntax: `Bash(git status)`. */
  allowRules?: readonly string[];
  appendSystemPrompt?: string;
  toolServer?: CliToolServer;
  /** Besides `cwd`, what the agent reads and writes as its own. Absolute; plain directories, no links. */
  additionalDirectories?: readonly string[];
  /** A process that answers in words alone: no tools, no commands, no transcript, and this instead of the CLI's own prompt. */
  aside?: { systemPrompt: string };
  /** How often the CLI asks a failing server again before it gives up. Default 3. */
  maxRetries?: number;
  /** Default 30 s. */
  handshakeTimeoutMs?: number;
  /** Slash commands a turn may run, as `"/compact"`. All other text that starts with `/` reaches the model as text. */
  allowCommands?: readonly string[];
  /** Hosts that what the agent runs may reach, where the CLI is shut in: `host`, `host:port`, `*.domain`, `*`. */
  allowedHosts?: readonly string[];
}

export interface ToolCall {
  toolUseId: string;
  name: string;
  input: unknown;
}

export interface ToolPermissionRequest extends ToolCall {
  /** A sentence of the CLI's about the call, when it gives one. */
  description: string | null;
  /** Why it asks (a path outside the working directory …). */
  reason: string | null;
  blockedPath: string | null;
  /** Opaque; one of them may come back in `remember`. */
  suggestions: unknown[];
}

/** `message` is read by the model. `interrupt` ends the turn as well. */
export type ToolPermissionDecision =
  | { behavior: "allow"; updatedInput?: Record<string, unknown>; remember?: unknown }
  | { behavior: "deny"; message: string; interrupt?: boolean };

/** What the CLI asks of us. */
export interface CliHost {
  /**
   * Resolves before the CLI may run the tool: the caller commits `started_tools` here. Throwing blocks the tool.
   */
  beforeTool(call: ToolCall): Promise<void>;
  /** Answer to the CLI's question. `signal` aborts when the CLI withdraws it; then the answer is dropped. */
  decideTool(request: ToolPermissionRequest, signal: AbortSignal): Promise<ToolPermissionDecision>;
  /** In order, synchronously; must not throw. */
  onEvent(event: CliEvent): void;
}

export interface CliDriver {
  /**
   * Starts a CLI process and completes the handshake: afterwards the session takes turns at once.
   *
   * @param signal calls it off: a process that is not handed over yet is ended at once, and this rejects
   * @throws CliError
   */
  open(launch: CliLaunch, host: CliHost, signal?: AbortSignal): Promise<CliSession>;
}

export interface CliModel {
  value: string;
  displayName: string;
}

export interface CliAccount {
  email: string | null;
  subscription: string | null;
  /** Where the login comes from, in the CLI's words; `null` when it names none. */
  tokenSource: string | null;
  apiKeySource: string | null;
}

export interface CliSessionInfo {
  version: string;
  account: CliAccount;
  models: CliModel[];
  /** Slash commands, without the slash. */
  commands: string[];
}

export interface CliImage {
  mediaType: "image/png" | "image/jpeg" | "image/gif" | "image/webp";
  base64: string;
}

export interface CliTurn {
  /**
   * The CLI's idempotency key, also across restart and resume: a uuid already in the transcript is acknowledged but
   * produces no result. A deliberate retry takes a fresh one.
   */
  uuid: string;
  text: string;
  /** Stands before the text, as a block of its own. */
  context?: string;
  images?: readonly CliImage[];
}

/** How a CLI process came to its end. */
export interface CliExit {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The last 64 KB of stderr. */
  stderrTail: string;
  /** `ended`: we ended it. `exited`: it went by itself (code 0 included). `killed`: a signal that was not ours. */
  reason: "ended" | "exited" | "killed";
  /** Descendants that had to be ended after it. */
  swept: number;
}

/** A live CLI process. One turn at a time. */
export interface CliSession {
  readonly pid: number;
  readonly info: CliSessionInfo;
  /**
   * Paths of the working directory that were to stay what they are, and that somebody has removed or replaced since the
   * start, so that nothing guards them any more. Tools are refused then; only a new process has guards again.
   */
  changedGuards(): readonly string[];
  /**
   * Writes the turn; its end comes as a `turn_result` event or as the process's exit.
   *
   * @throws CliError `cli_busy` while a turn is in flight, `cli_exited` when the process is gone.
   */
  sendTurn(turn: CliTurn): void;
  /**
   * Asks the CLI to stop the turn. Resolves when it has acknowledged; the `turn_result` (`aborted`) follows.
   *
   * @throws CliError `cli_request_timeout`, `cli_request_failed`, `cli_exited`
   */
  interrupt(): Promise<void>;
  /**
   * From the next turn on; one that is sent right after this call already has it. `undefined` goes back to the account's
   * default model, also when the process was started with another one. Throws as `interrupt`.
   */
  setModel(model?: string): Promise<void>;
  /**
   * At once, also in the middle of a turn. The CLI refuses `bypassPermissions` unless it was launched with it. Throws
   * as `interrupt`.
   */
  setPermissionMode(mode: CliPermissionMode): Promise<void>;
  /** What the running turn has cost so far, in US dollars; null when the CLI does not say. Throws as `interrupt`. */
  turnCostUsd(): Promise<number | null>;
  /** Resolves once the process has gone and its output has been read, whoever ended it. Never rejects. */
  readonly exited: Promise<CliExit>;
  /**
   * Ends the process and everything it started. `graceful` (default): stdin end 2 s → TERM 10 s → KILL → sweep;
   * `now` starts with TERM. Never rejects; several calls share one ending.
   */
  end(how?: "graceful" | "now"): Promise<CliExit>;
  /** Ends what the turn left running (after an interrupt) but not the CLI. Resolves to how many processes. */
  endChildren(): Promise<number>;
}

export type CliErrorKind =
  | "cli_not_found"
  | "cli_too_old"
  | "cli_not_logged_in"
  | "cli_spawn_failed"
  | "cli_unconfined"
  | "cli_session_missing"
  | "cli_session_in_use"
  | "cli_handshake_timeout"
  | "cli_exited"
  | "cli_busy"
  | "cli_request_timeout"
  | "cli_request_failed";

/** Every expected failure of this package. `detail` is for logs and the doctor, not for the chat. */
export class CliError extends Error {
  readonly code: CliErrorKind;
  readonly detail: string;
  constructor(code: CliErrorKind, detail: string, options?: { cause?: unknown }) {
    super(detail === "" ? code : `${code}: ${detail}`, options);
    this.name = "CliError";
    this.code = code;
    this.detail = detail;
  }
}
