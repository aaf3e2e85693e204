import type { ResponseParameters } from "@grammyjs/types";

/**
 * An answer `{ok: false, error_code, description, parameters?}`.
 *
 * A *refusal* is something that happens to correct bots too (blocked, message gone, chat upgraded, flood). A *defect*
 * is the caller's mistake: the same answer, and a violation is recorded.
 */
export class ApiError extends Error {
  readonly code: number;
  readonly parameters: ResponseParameters | undefined;
  readonly isDefect: boolean;

  constructor(
    code: number,
    description: string,
    options: { parameters?: ResponseParameters; defect?: boolean } = {},
  ) {
    super(description);
    this.name = "ApiError";
    this.code = code;
    this.parameters = options.parameters;
    this.isDefect = options.defect === true;
  }
}

/** 400 that a correct bot may meet. */
export const refusal = (message: string, parameters?: ResponseParameters): ApiError =>
  new ApiError(400, describe("Bad Request", message), parameters === undefined ? {} : { parameters });

/** 400 that only a mistaken call gets. */
export const defect = (message: string): ApiError =>
  new ApiError(400, describe("Bad Request", message), { defect: true });

/** 403. */
export const forbidden = (message: string, options: { defect?: boolean } = {}): ApiError =>
  new ApiError(403, describe("Forbidden", message), options);

/** 429 with `retry_after` whole seconds. */
export const tooManyRequests = (retryAfterSeconds: number): ApiError =>
  new ApiError(429, `Too Many Requests: retry after ${retryAfterSeconds}`, {
    parameters: { retry_after: retryAfterSeconds },
  });

/** The server's rule: the first letter of the inner message is lower-cased unless it is an ALL_CAPS code. */
function describe(prefix: string, message: string): string {
  const isCode = /^.[A-Z_]/.test(message);
  const first = message.slice(0, 1);
  return `${prefix}: ${isCode ? first : first.toLowerCase()}${message.slice(1)}`;
}
