import { DomainError, ERROR_STATUS, type ErrorBody, type ErrorCode } from "@steward/contract/errors";
import { type StorageFault, storageFaultOf } from "@steward/schema/storage-fault";

/** A request that does not fit its endpoint's schemas, told in the ancestor's list shape. */
export class ValidationError extends Error {
  readonly problems: Exclude<ErrorBody["detail"], string>;
  constructor(problems: Exclude<ErrorBody["detail"], string>) {
    super("the request does not fit its schema");
    this.name = "ValidationError";
    this.problems = problems;
  }
}

/** Seconds after which asking again makes sense, for the codes where it does. */
const RETRY_AFTER_S: Partial<Record<ErrorCode, number>> = {
  too_many_requests: 60,
  queue_full: 5,
  pairing_too_many: 60,
  not_ready: 1,
  shutting_down: 2,
  database_busy: 1,
  storage_full: 30,
};

/** A refusal in the shape that every route uses. */
export function refuse(
  code: ErrorCode,
  detail: ErrorBody["detail"],
  headers: Readonly<Record<string, string>> = {},
  params: NonNullable<ErrorBody["params"]> = {},
): Response {
  const body: ErrorBody = { detail, code, ...(Object.keys(params).length > 0 && { params }) };
  const retryAfter = RETRY_AFTER_S[code];
  return Response.json(body, {
    status: ERROR_STATUS[code],
    headers: { ...(retryAfter === undefined ? {} : { "retry-after": String(retryAfter) }), ...headers },
  });
}

/**
 * The one place where a thrown error becomes an answer. `expected` is false for what nobody foresaw: that is logged,
 * and the caller learns no more than that it happened.
 */
export function errorResponse(error: unknown): { response: Response; code: ErrorCode; expected: boolean } {
  if (error instanceof ValidationError) {
    const code = "validation_failed";
    return { response: refuse(code, error.problems), code, expected: true };
  }
  if (error instanceof DomainError) {
    const { seconds } = error.params;
    const headers: Record<string, string> = {};
    if (error.code === "rate_limited") headers["retry-after"] = String(seconds);
    return {
      response: refuse(error.code, error.message, headers, error.params),
      code: error.code,
      expected: true,
    };
  }
  const fault = storageFaultOf(error);
  const code = fault === null ? "internal_error" : STORAGE_CODE[fault];
  return { response: refuse(code, STORAGE_DETAIL[code] ?? "Internal Server Error"), code, expected: false };
}

const STORAGE_CODE: Record<StorageFault, ErrorCode> = {
  busy: "database_busy",
  full: "storage_full",
  broken: "storage_full",
};
/** A fault may come after a commit: nobody is told that nothing was done. Whatever takes a key is safe to repeat with it. */
const STORAGE_DETAIL: Partial<Record<ErrorCode, string>> = {
  database_busy:
    "The database is busy; send this again in a moment, with the same Idempotency-Key if it had one",
  storage_full:
    "The disk is full or cannot be written; when that is mended, send this again, with the same Idempotency-Key if it had one",
};
