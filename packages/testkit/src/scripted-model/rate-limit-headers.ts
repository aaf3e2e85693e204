import type { LimitStatus } from "./directives.ts";

const PREFIX = "anthropic-ratelimit-unified";
const RESET_AFTER_SECONDS = 3600;

/** The header part of a limit's name. */
const CLAIM_ABBREVIATIONS: Readonly<Record<string, string>> = { five_hour: "5h", seven_day: "7d" };

const UTILIZATION: Readonly<Record<LimitStatus, string>> = {
  allowed: "0.25",
  allowed_warning: "0.91",
  rejected: "1",
};

/** The headers by which the API tells a subscription how much of its plan is used. The CLI reads them on a login. */
export function rateLimitHeaders(
  limit: { readonly status: LimitStatus; readonly claim: string },
  nowMs: number,
): Record<string, string> {
  const reset = String(Math.floor(nowMs / 1000) + RESET_AFTER_SECONDS);
  const window = `${PREFIX}-${CLAIM_ABBREVIATIONS[limit.claim] ?? "5h"}`;
  return {
    [`${PREFIX}-status`]: limit.status,
    [`${PREFIX}-reset`]: reset,
    [`${PREFIX}-representative-claim`]: limit.claim,
    [`${window}-status`]: limit.status,
    [`${window}-reset`]: reset,
    [`${window}-utilization`]: UTILIZATION[limit.status],
    // The CLI warns by this header, not by the status.
    ...(limit.status === "allowed_warning" ? { [`${window}-surpassed-threshold`]: "0.9" } : {}),
    [`${PREFIX}-fallback`]: "available",
    [`${PREFIX}-overage-status`]: "rejected",
  };
}
