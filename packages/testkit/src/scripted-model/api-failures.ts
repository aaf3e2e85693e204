import type { ApiFailure } from "@steward/demo-model/messages-api";

/** Texts and types as the real API sends them; a client maps some of them by their words. */
const FAILURES: Readonly<Record<string, ApiFailure>> = {
  "400": { status: 400, type: "invalid_request_error", message: "Invalid request" },
  "400:long": {
    status: 400,
    type: "invalid_request_error",
    message: "prompt is too long: 250000 tokens > 200000 maximum",
  },
  "400:credit": {
    status: 400,
    type: "invalid_request_error",
    message:
      "Your credit balance is too low to access the Anthropic API. " +
      "Please go to Plans & Billing to upgrade or purchase credits.",
  },
  "401": { status: 401, type: "authentication_error", message: "invalid x-api-key" },
  "401:oauth": {
    status: 401,
    type: "authentication_error",
    message: "OAuth token has expired. Please obtain a new token or refresh your existing token.",
  },
  "403": {
    status: 403,
    type: "permission_error",
    message: "Your API key does not have permission to use the specified resource.",
  },
  "413": { status: 413, type: "request_too_large", message: "Request exceeds the maximum size" },
  "429": {
    status: 429,
    type: "rate_limit_error",
    message: "This request would exceed your account's rate limit. Please try again later.",
  },
  "500": { status: 500, type: "api_error", message: "Internal server error" },
  "529": { status: 529, type: "overloaded_error", message: "Overloaded" },
};

/**
 * The failure for `ERR:status[:times[:variant]]`. Variants: `400:long`, `400:credit`, `401:oauth`. A status
 * without an entry is an `api_error` of that status.
 */
export function apiFailure(status: number, variant: string, model: string): ApiFailure | null {
  if (status === 404) return { status, type: "not_found_error", message: `model: ${model}` };
  const known = FAILURES[variant === "" ? String(status) : `${status}:${variant}`];
  if (known !== undefined) return known;
  if (variant !== "" || !Number.isInteger(status) || status < 400 || status > 599) return null;
  return { status, type: "api_error", message: `HTTP ${status}` };
}

/** What an SSE `error` event in the middle of a stream says. */
export const MIDSTREAM_FAILURE: ApiFailure = {
  status: 529,
  type: "overloaded_error",
  message: "Overloaded",
};
