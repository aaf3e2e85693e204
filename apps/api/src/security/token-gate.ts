import { createHash, timingSafeEqual } from "node:crypto";
import type { FailureLimit } from "./failure-limit.ts";

export type TokenVerdict = "valid" | "missing" | "wrong" | "too_many";

/** Knows the API token. A right one always passes: nobody can lock the owner out by guessing. */
export interface TokenGate {
  /** An Authorization header: `Bearer <token>`, or `Basic` with the token as the password. */
  checkHeader(authorization: string | undefined): TokenVerdict;
  checkToken(token: string): Exclude<TokenVerdict, "missing">;
}

export function createTokenGate(deps: { token: string; failures: FailureLimit }): TokenGate {
  const expected = digest(deps.token);
  const checkToken: TokenGate["checkToken"] = (token) => {
    if (timingSafeEqual(digest(token), expected)) return "valid";
    return deps.failures.note() ? "wrong" : "too_many";
  };
  return {
    checkToken,
    checkHeader: (authorization) => {
      const presented = authorization === undefined ? null : presentedToken(authorization);
      return presented === null ? "missing" : checkToken(presented);
    },
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
