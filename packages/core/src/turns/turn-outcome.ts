import type { CliErrorKind } from "@steward/claude/cli-driver";
import { CliError } from "@steward/claude/cli-driver";
import type { TurnResult } from "@steward/claude/cli-event";
import { DomainError, type ErrorCode } from "@steward/contract/errors";
import { translate, translateError } from "@steward/contract/messages";
import type { Language, TerminalTurnState } from "@steward/schema/enums";

/** How a turn ended, before it is put into words. */
export interface TurnOutcome {
  state: TerminalTurnState;
  /** The answer of a `done` turn; of any other, the text that was there when it ended. */
  text: string;
  errorCode: ErrorCode | null;
  errorParams?: Record<string, string | number>;
  /** For the log and the record, not for the chat. */
  errorDetail: string | null;
}

/** What the person is told: the answer, or one sentence with what was there. */
export const wordOutcome = (language: Language, outcome: TurnOutcome): string => {
  if (outcome.state === "done")
    return outcome.text.trim() === "" ? translate(language, "turn.empty") : outcome.text;
  const sentence = translateError(language, outcome.errorCode ?? "internal_error", outcome.errorParams);
  const partial = outcome.text.trim();
  if (partial === "") return sentence;
  return outcome.state === "cancelled"
    ? `${partial}\n\n${sentence}`
    : `${sentence}\n\n${translate(language, "turn.partial")}\n\n${partial}`;
};

/** The CLI's result as an outcome; `partial` is the text that streamed before. */
export const outcomeOfResult = (result: TurnResult, partial: string): TurnOutcome => {
  // A turn that worked without saying anything is an answer too; one that did nothing at all is not.
  const silentWork = result.errorCode === "empty_result" && result.numTurns > 0;
  if (!result.isError && (result.errorCode === null || silentWork)) {
    const text = result.text.trim() === "" ? partial : result.text;
    return { state: "done", text, errorCode: null, errorDetail: null };
  }
  return {
    state: "failed",
    text: partial,
    errorCode: codeOfResult(result),
    errorParams: paramsOfResult(result),
    errorDetail: result.text.slice(0, 500),
  };
};

const codeOfResult = (result: TurnResult): ErrorCode => {
  switch (result.errorCode) {
    case "authentication_failed":
      return "cli_not_logged_in";
    case "rate_limit":
      return "model_rate_limit";
    case "usage_limit":
      return "model_usage_limit";
    case "billing_error":
      return "model_billing";
    case "model_not_found":
      return "model_not_found";
    case "overloaded":
      return "model_overloaded";
    case "prompt_too_long":
      return "prompt_too_long";
    case "empty_result":
      return "cli_no_answer";
    case "server_error":
      return /unable to connect|ECONN|ENOTFOUND/i.test(result.text) ? "model_unreachable" : "model_error";
    default:
      return "model_error";
  }
};

const paramsOfResult = (result: TurnResult): Record<string, string | number> => ({
  reason: result.text.split("\n", 1)[0]?.slice(0, 200) || result.subtype,
  model: /selected model \(([^)]+)\)/.exec(result.text)?.[1] ?? "",
  resets: result.resetsAtMs ? ` (until ${new Date(result.resetsAtMs).toISOString().slice(0, 16)}Z)` : "",
});

const CODE_OF_CLI_ERROR: Record<CliErrorKind, ErrorCode> = {
  cli_not_found: "cli_not_found",
  cli_too_old: "cli_too_old",
  cli_not_logged_in: "cli_not_logged_in",
  cli_spawn_failed: "cli_spawn_failed",
  cli_unconfined: "sandbox_required",
  cli_session_missing: "cli_spawn_failed",
  cli_session_in_use: "cli_spawn_failed",
  cli_handshake_timeout: "cli_spawn_failed",
  cli_exited: "cli_exited",
  cli_busy: "internal_error",
  cli_request_timeout: "cli_spawn_failed",
  cli_request_failed: "cli_spawn_failed",
};

/** Why a session could not be had, as the outcome of the turn that wanted it. */
export const outcomeOfFailure = (error: unknown): TurnOutcome => {
  const detail = error instanceof Error ? error.message : String(error);
  return {
    state: "failed",
    text: "",
    errorCode: error instanceof CliError ? CODE_OF_CLI_ERROR[error.code] : codeOf(error),
    errorParams: paramsOf(error),
    errorDetail: detail.slice(0, 500),
  };
};

const codeOf = (error: unknown): ErrorCode => (error instanceof DomainError ? error.code : "internal_error");
const paramsOf = (error: unknown): Record<string, string | number> =>
  error instanceof DomainError ? { ...error.params } : {};
