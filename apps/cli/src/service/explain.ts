import { ApiError, ApiUnreachable } from "@steward/client/api-error";
import { translateError } from "@steward/contract/messages";
import { CommandFailure, EXIT } from "../exit-codes.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** What went wrong with a call, as a sentence with the next step. Anything unexpected is handed back unchanged. */
export function explainFailure(error: unknown, terminal: Terminal, apiUrl: string): unknown {
  if (error instanceof ApiUnreachable) {
    const key = isRefusedConnection(error) ? "cli.not_running" : "cli.unreachable";
    const params = { url: apiUrl, reason: rootCause(error).message };
    return new CommandFailure(EXIT.nothingDone, terminal.say(key, params), { cause: error });
  }
  if (!(error instanceof ApiError)) return error;
  if (error.status === 401) {
    return new CommandFailure(EXIT.nothingDone, terminal.say("cli.token_refused", { url: apiUrl }), {
      cause: error,
    });
  }
  if (error.code === "invalid_response") {
    return new CommandFailure(EXIT.nothingDone, terminal.say("cli.not_steward", { url: apiUrl }), {
      cause: error,
    });
  }
  return new CommandFailure(EXIT.failed, terminal.say("cli.refused", { detail: detailOf(error, terminal) }), {
    cause: error,
  });
}

/** The API speaks English; in another language the catalogue's sentence of the code says it, where there is one. */
const detailOf = (error: ApiError, { language }: Terminal): string => {
  if (language === "en") return error.message;
  const sentence = translateError(language, error.code, error.params);
  return sentence === translateError(language, "internal_error") ? error.message : sentence;
};

/** Nobody listens at the address, so nothing can have been done. */
export const isRefusedConnection = (error: ApiUnreachable): boolean => {
  const cause = rootCause(error);
  return "code" in cause && cause.code === "ECONNREFUSED";
};

export function rootCause(error: Error): Error {
  let cause = error;
  while (cause.cause instanceof Error) cause = cause.cause;
  // Several addresses of one name were tried; any of them tells the reason.
  if (cause instanceof AggregateError && cause.errors[0] instanceof Error) return cause.errors[0];
  return cause;
}
