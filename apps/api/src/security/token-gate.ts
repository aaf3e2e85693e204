import { createHash, timingSafeEqual } from "node:crypto";
import type { Clock } from "@steward/platform/clock";

export type TokenVerdict = "valid" | "missing" | "wrong" | "too_many";

/** Failures that are answered 401 in any minute; more of them are answered 429. */
const FAILURES_PER_MINUTE = 20;
const MINUTE_MS = 60_000;

/**
 * Checks the API token of an Authorization header: `Bearer <token>`, or `Basic` with the token as the password.
 *
 * Failures are limited whatever address they come from (threat T9). The limit only changes how a wrong token is
 * refused: a right one always passes, so nobody can lock the owner out by guessing.
 */
export function createTokenGate(deps: {
  token: string;
  clock: Pick<Clock, "monotonicMs">;
}): (authorization: string | undefined) => TokenVerdict {
  const expected = digest(deps.token);
  let allowance = FAILURES_PER_MINUTE;
  let countedAt = deps.clock.monotonicMs();

  return (authorization) => {
    const presented = authorization === undefined ? null : presentedToken(authorization);
    if (presented === null) return "missing";
    if (timingSafeEqual(digest(presented), expected)) return "valid";
    const now = deps.clock.monotonicMs();
    const regained = ((now - countedAt) / MINUTE_MS) * FAILURES_PER_MINUTE;
    allowance = Math.min(FAILURES_PER_MINUTE, allowance + regained);
    countedAt = now;
    if (allowance < 1) return "too_many";
    allowance -= 1;
    return "wrong";
  };
}

/** Null when the header carries no token in a form we know. */
export function presentedToken(authorization: string): string | null {
  const [, scheme = "", value = ""] = /^(\w+) +(\S+) *$/.exec(authorization) ?? [];
  switch (scheme.toLowerCase()) {
    case "bearer":
      return value;
    case "basic": {
      const pair = Buffer.from(value, "base64").toString("utf8");
      const colon = pair.indexOf(":");
      return colon === -1 ? null : pair.slice(colon + 1);
    }
    default:
      return null;
  }
}

/** Digests are of one length, so comparing them tells nothing about the token's. */
const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
