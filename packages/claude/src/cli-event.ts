/**
 * What a live Claude CLI tells us, in our own words. One `CliEvent` per fact; a reader ignores types it does not know.
 *
 * `parentToolUseId` is `null` for the main conversation and the id of the `Agent` tool call for a sub-agent's events.
 */
export type CliEvent =
  | TurnStarted
  | TextDelta
  | ThinkingStarted
  | ThinkingDelta
  | AssistantText
  | ToolStarted
  | ToolInput
  | ToolProgress
  | ToolFinished
  | TaskStarted
  | TaskFinished
  | ApiRetry
  | RateLimit
  | ModelFallback
  | Compacting
  | UserReplayed
  | TurnResult
  | OwnTurn
  | BadLine
  | OversizeLine
  | UnknownEvent;

/** The CLI has taken up a turn. `sessionId` differs from ours only after a command that changes it (`/clear`). */
export interface TurnStarted {
  type: "turn_started";
  sessionId: string;
  model: string;
  tools: string[];
  permissionMode: string;
  version: string;
}

/** A piece of the answer while it is written. Superseded by the `assistant_text` of the same message. */
export interface TextDelta {
  type: "text_delta";
  text: string;
  parentToolUseId: string | null;
}

export interface ThinkingStarted {
  type: "thinking_started";
  parentToolUseId: string | null;
}

export interface ThinkingDelta {
  type: "thinking_delta";
  text: string;
  parentToolUseId: string | null;
}

/** A whole text block, authoritative: the deltas shown for it may have come from an attempt that was given up. */
export interface AssistantText {
  type: "assistant_text";
  text: string;
  messageId: string;
  parentToolUseId: string | null;
}

/** The model has begun to write a tool call; its input is not complete yet. */
export interface ToolStarted {
  type: "tool_started";
  toolUseId: string;
  name: string;
  parentToolUseId: string | null;
}

/** The tool call is complete. `summary` is one line for people: the command, the path, the pattern. */
export interface ToolInput {
  type: "tool_input";
  toolUseId: string;
  name: string;
  input: unknown;
  summary: string;
  parentToolUseId: string | null;
}

/** A sign of life from a long tool. Older versions send none. */
export interface ToolProgress {
  type: "tool_progress";
  toolUseId: string;
  elapsedMs: number;
}

/** `durationMs` is measured by us from the complete call to its result. */
export interface ToolFinished {
  type: "tool_finished";
  toolUseId: string;
  isError: boolean;
  durationMs: number;
  parentToolUseId: string | null;
}

/** A sub-agent, or a shell command that runs for more than a few seconds (`taskType` tells). */
export interface TaskStarted {
  type: "task_started";
  taskId: string;
  toolUseId: string | null;
  taskType: string;
  description: string;
}

export interface TaskFinished {
  type: "task_finished";
  taskId: string;
  toolUseId: string | null;
  status: string;
  summary: string;
}

/** The model's server failed; the CLI tries again by itself after `delayMs`. */
export interface ApiRetry {
  type: "api_retry";
  attempt: number;
  maxRetries: number;
  delayMs: number;
  errorStatus: number | null;
  error: string;
}

/** State of the subscription's limit (`kind`: `five_hour`, `seven_day` …). */
export interface RateLimit {
  type: "rate_limit";
  status: string;
  resetsAtMs: number | null;
  kind: string | null;
}

export interface ModelFallback {
  type: "model_fallback";
  fromModel: string | null;
  toModel: string | null;
}

export interface Compacting {
  type: "compacting";
  phase: "started" | "done";
}

/** The CLI has consumed the input line with this uuid. */
export interface UserReplayed {
  type: "user_replayed";
  uuid: string;
}

export const CLI_ERROR_CODES = [
  "authentication_failed",
  "rate_limit",
  "usage_limit",
  "billing_error",
  "model_not_found",
  "server_error",
  "prompt_too_long",
  "overloaded",
  "aborted",
  "max_turns",
  "empty_result",
  "unknown",
] as const;

/** Why a turn did not end well. `usage_limit` is the subscription's own limit, `rate_limit` a passing refusal. */
export type CliErrorCode = (typeof CLI_ERROR_CODES)[number];

export interface TurnUsage {
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheCreationTokens: number;
}

export interface PermissionDenial {
  toolUseId: string;
  toolName: string;
}

/** The end of a turn. Exactly one per turn that was sent, unless the process exits first. */
export interface TurnResult {
  type: "turn_result";
  /** True only for an answer: no error, and not empty. */
  ok: boolean;
  /** The CLI's own flag. */
  isError: boolean;
  subtype: string;
  /** The answer, or the CLI's sentence about the failure. */
  text: string;
  errorCode: CliErrorCode | null;
  /** With `usage_limit`: when the limit ends, if known. UTC milliseconds. */
  resetsAtMs?: number;
  numTurns: number;
  terminalReason: string | null;
  /** This turn alone. */
  usage: TurnUsage;
  /** This turn alone: the difference of the CLI's cumulative figure. */
  costUsd: number;
  sessionId: string;
  permissionDenials: PermissionDenial[];
  /** Nobody sent a turn: a background task of the CLI finished and the model spoke up. */
  unsolicited: boolean;
}

/**
 * The CLI takes a turn that nobody sent: a background task of its has ended, and the model speaks up. Everything between
 * `started` and the unsolicited `turn_result` (or `ended`, when a turn of ours is taken into it) belongs to that turn, also
 * while one of ours waits for it.
 */
export interface OwnTurn {
  type: "own_turn";
  phase: "started" | "ended";
}

/** A line that is not a JSON object. `count` is how many this process has sent so far. */
export interface BadLine {
  type: "bad_line";
  count: number;
}

/** A line over the cap was dropped. */
export interface OversizeLine {
  type: "oversize_line";
  bytes: number;
}

/** Something newer than this program; `rawType` is `type` or `type/subtype` as sent. */
export interface UnknownEvent {
  type: "unknown";
  rawType: string;
}
