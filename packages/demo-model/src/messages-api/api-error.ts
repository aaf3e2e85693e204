/** The `error.type` values of the Messages API that its clients tell apart. */
export type ApiErrorType =
  | "invalid_request_error"
  | "authentication_error"
  | "permission_error"
  | "not_found_error"
  | "request_too_large"
  | "rate_limit_error"
  | "api_error"
  | "overloaded_error";

/** A refusal as the API sends it: an HTTP status, a type, a text, and sometimes headers such as `retry-after`. */
export interface ApiFailure {
  readonly status: number;
  readonly type: ApiErrorType;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The JSON body of a failed request, and the `data:` of an SSE `error` event. */
export interface ApiErrorBody {
  readonly type: "error";
  readonly error: { readonly type: ApiErrorType; readonly message: string };
  readonly request_id?: string;
}

export function toErrorBody(failure: Pick<ApiFailure, "type" | "message">, requestId?: string): ApiErrorBody {
  const error = { type: failure.type, message: failure.message };
  return requestId === undefined ? { type: "error", error } : { type: "error", error, request_id: requestId };
}

export function invalidRequest(message: string): ApiFailure {
  return { status: 400, type: "invalid_request_error", message };
}

export const WRONG_API_KEY: ApiFailure = {
  status: 401,
  type: "authentication_error",
  message: "invalid x-api-key",
};
export const MISSING_API_KEY: ApiFailure = {
  status: 401,
  type: "authentication_error",
  message: "x-api-key header is required",
};
export const UNKNOWN_ROUTE: ApiFailure = { status: 404, type: "not_found_error", message: "Not found" };
export const TOO_LARGE: ApiFailure = {
  status: 413,
  type: "request_too_large",
  message: "Request exceeds the maximum size",
};
export const INTERNAL_ERROR: ApiFailure = {
  status: 500,
  type: "api_error",
  message: "Internal server error",
};
