import type { CliErrorCode, PermissionDenial, TurnResult, TurnUsage } from "../cli-event.ts";
import { asArray, asNumber, asObject, asText, type RawMessage } from "./raw-message.ts";

/** What earlier lines of the same turn told that its `result` does not repeat. */
export interface TurnFacts {
  /** `error` of the CLI's own message about a failed request. */
  assistantError: string | undefined;
  /** `error` of the last `api_retry`. */
  retryError: string | undefined;
  /** The subscription refused; when it will not any more, if the CLI said so. */
  limitRejected: boolean;
  limitResetsAtMs: number | undefined;
  /** Last text of the main conversation. */
  lastText: string;
  /** The turn was a slash command: these may have nothing to say. */
  isCommand: boolean;
  unsolicited: boolean;
  /** Cumulative cost before this turn. */
  costBeforeUsd: number;
}

/** Maps a `result` line. `subtype: "success"` means nothing by itself: failed requests carry it too. */
export function decodeResult(raw: RawMessage, facts: TurnFacts): TurnResult {
  const subtype = asText(raw.subtype) ?? "";
  const terminalReason = asText(raw.terminal_reason) ?? null;
  const isError = raw.is_error === true || subtype !== "success";
  const said = asText(raw.result) ?? "";
  const aborted = terminalReason?.startsWith("aborted") === true;
  // After an abort the CLI gives an internal diagnosis; the partial answer has gone out as text events.
  const failureText = aborted ? "" : said || asArray(raw.errors).map(String).join("; ");
  const text = isError ? failureText : said || facts.lastText;
  const errorCode = findErrorCode({ raw, facts, subtype, terminalReason, isError, text, aborted });
  return {
    type: "turn_result",
    ok: errorCode === null,
    isError,
    subtype,
    text,
    errorCode,
    ...(errorCode === "usage_limit" && facts.limitResetsAtMs !== undefined
      ? { resetsAtMs: facts.limitResetsAtMs }
      : {}),
    numTurns: asNumber(raw.num_turns) ?? 0,
    terminalReason,
    usage: decodeUsage(raw.usage),
    costUsd: Math.max((asNumber(raw.total_cost_usd) ?? 0) - facts.costBeforeUsd, 0),
    sessionId: asText(raw.session_id) ?? "",
    permissionDenials: asArray(raw.permission_denials).map(decodeDenial),
    unsolicited: facts.unsolicited,
  };
}

function findErrorCode(turn: {
  raw: RawMessage;
  facts: TurnFacts;
  subtype: string;
  terminalReason: string | null;
  isError: boolean;
  text: string;
  aborted: boolean;
}): CliErrorCode | null {
  const { raw, facts, subtype, terminalReason, text } = turn;
  if (turn.aborted) return "aborted";
  if (!turn.isError) return text.trim() === "" && !facts.isCommand ? "empty_result" : null;
  if (subtype === "error_max_turns") return "max_turns";
  if (terminalReason === "prompt_too_long" || /^(Prompt is too long|Request too large)/.test(text)) {
    return "prompt_too_long";
  }
  const status = asNumber(raw.api_error_status);
  const error = facts.assistantError ?? errorOfStatus(status);
  // Only subscriptions have it; an API key's 429 carries the same `error` but no limit.
  if (error === "rate_limit") {
    return facts.limitRejected || /^You've hit your .*limit/.test(text) ? "usage_limit" : "rate_limit";
  }
  // Repeated 529s end as a `server_error`.
  if (error === "overloaded" || (error === "server_error" && facts.retryError === "overloaded"))
    return "overloaded";
  return CODES[error ?? ""] ?? errorOfText(text);
}

const CODES: Readonly<Record<string, CliErrorCode>> = {
  authentication_failed: "authentication_failed",
  oauth_org_not_allowed: "authentication_failed",
  account_on_hold: "authentication_failed",
  billing_error: "billing_error",
  model_not_found: "model_not_found",
  server_error: "server_error",
};

function errorOfStatus(status: number | undefined): string | undefined {
  if (status === undefined) return undefined;
  if (status === 401 || status === 403) return "authentication_failed";
  if (status === 404) return "model_not_found";
  if (status === 429) return "rate_limit";
  if (status === 529) return "overloaded";
  return status >= 500 ? "server_error" : undefined;
}

/** Failures that only their sentence tells apart. */
function errorOfText(text: string): CliErrorCode {
  if (/Not logged in|Invalid API key/.test(text)) return "authentication_failed";
  if (/timed out|Unable to connect|ECONNRE/.test(text)) return "server_error";
  return "unknown";
}

function decodeUsage(value: unknown): TurnUsage {
  const usage = asObject(value) ?? {};
  return {
    inputTokens: asNumber(usage.input_tokens) ?? 0,
    outputTokens: asNumber(usage.output_tokens) ?? 0,
    cacheReadTokens: asNumber(usage.cache_read_input_tokens) ?? 0,
    cacheCreationTokens: asNumber(usage.cache_creation_input_tokens) ?? 0,
  };
}

function decodeDenial(value: unknown): PermissionDenial {
  const denial = asObject(value) ?? {};
  return { toolUseId: asText(denial.tool_use_id) ?? "", toolName: asText(denial.tool_name) ?? "" };
}
