import type { ErrorCode } from "@steward/contract/errors";
import type { WebSession } from "@steward/contract/web-sessions";
import type { Context } from "hono";
import type { ApiEnv } from "../http/api-env.ts";
import { isDocumentation, takesAgentKey, takesCookie } from "./exceptions.ts";
import { type BrowserHeaders, isOwnOrigin, saysWhereFrom } from "./origin-gate.ts";
import { presentedToken, type TokenVerdict } from "./token-gate.ts";
import type { WebCookie } from "./web-cookie.ts";

/** Who may ask. */
export type Caller =
  | { kind: "agent"; chat: number }
  /** A program that has the token. */
  | { kind: "holder" }
  /** A browser of the owner's. */
  | { kind: "browser"; session: WebSession };

export interface Refusal {
  kind: "refused";
  code: ErrorCode;
  detail: string;
  headers?: Record<string, string>;
}

export interface IdentifyDeps {
  checkToken: (authorization: string | undefined) => TokenVerdict;
  /** The chat whose agent has this key; null = it is nobody's. */
  agentChatOf: (key: string) => number | null;
  cookie: Pick<WebCookie, "read">;
  /** The browser that is signed in by this secret. */
  sessionOf: (secret: string) => WebSession | null;
}

export const refusal = (code: ErrorCode, detail: string, headers?: Record<string, string>): Refusal => ({
  kind: "refused",
  code,
  detail,
  ...(headers && { headers }),
});

/** What is refused in the same words wherever it is found out. */
export const OTHER_PAGE = refusal("origin_not_allowed", "Requests from other pages are refused");
export const UNCLEAR_PAGE = refusal(
  "browser_unclear",
  "The browser does not say where this comes from (Origin, Sec-Fetch-Site): use http://127.0.0.1 or https",
);

/** By an agent's key, by the token, or by a browser's cookie. A header says more than a cookie, which is then not looked at. */
export function identifyCaller(
  c: Context<ApiEnv>,
  page: BrowserHeaders,
  deps: IdentifyDeps,
): Caller | Refusal {
  const authorization = c.req.header("authorization");
  const secret = authorization === undefined ? deps.cookie.read(c.req.header("cookie")) : null;
  if (secret !== null) return identifyBrowser(c, page, secret, deps);

  const key = takesAgentKey(c.req.path) ? presentedToken(authorization ?? "") : null;
  const agentChat = key === null ? null : deps.agentChatOf(key);
  if (agentChat !== null) return { kind: "agent", chat: agentChat };
  switch (deps.checkToken(authorization)) {
    case "valid":
      return { kind: "holder" };
    case "too_many":
      return refusal("too_many_requests", "Too many wrong tokens; the right one is still accepted");
    case "missing":
      return unauthorized(c, "A token is required");
    case "wrong":
      return unauthorized(c, "The token is wrong");
  }
}

/** A browser sends cookies along whoever makes it ask: they count only where it says that it was a page of ours. */
function identifyBrowser(
  c: Context<ApiEnv>,
  page: BrowserHeaders,
  secret: string,
  deps: IdentifyDeps,
): Caller | Refusal {
  const { method } = c.req.raw;
  if (!takesCookie(method, c.req.path)) return refusal("forbidden", "Only with the token in a header");
  if (!saysWhereFrom(page)) return UNCLEAR_PAGE;
  if (!isOwnOrigin(page, method)) return OTHER_PAGE;
  const session = deps.sessionOf(secret);
  return session === null
    ? unauthorized(c, "This browser is not signed in any more")
    : { kind: "browser", session };
}

const unauthorized = (c: Context<ApiEnv>, detail: string): Refusal =>
  refusal("unauthorized", detail, { "www-authenticate": challenge(c) });

/** A browser shows its password prompt only for Basic, and only the documentation is meant for its address bar. */
function challenge(c: Context<ApiEnv>): string {
  const mode = c.req.header("sec-fetch-mode");
  const navigates = c.req.method === "GET" && (mode === undefined || mode === "navigate");
  return navigates && isDocumentation(c.req.path)
    ? 'Basic realm="Steward: any name, the token as password", charset="UTF-8"'
    : 'Bearer realm="Steward"';
}
