import { ENDPOINTS } from "@steward/contract/endpoints";
import { DomainError } from "@steward/contract/errors";
import { SIGN_IN_FRAGMENT } from "@steward/contract/web-sessions";
import type { SignInCodes } from "@steward/core/web/sign-in-codes";
import { LONGEST_SESSION_MS, type WebSessions } from "@steward/core/web/web-sessions";
import type { Context } from "hono";
import type { ApiEnv } from "../http/api-env.ts";
import { holderOf } from "../http/holder-of.ts";
import { type Mount, WithStatus } from "../http/mount.ts";
import type { FailureLimit } from "../security/failure-limit.ts";
import type { TokenGate } from "../security/token-gate.ts";
import type { WebCookie } from "../security/web-cookie.ts";
import type { OpenStreams } from "../streams/open-streams.ts";

/** What lets browsers in. */
export interface WebAccess {
  codes: SignInCodes;
  sessions: WebSessions;
  cookie: WebCookie;
  tokens: Pick<TokenGate, "checkToken">;
  /** The token gate's own. */
  failures: FailureLimit;
}

export function mountWebSessions(
  mount: Mount,
  { web: access, streams }: { web: WebAccess; streams: Pick<OpenStreams, "cutOff"> },
): void {
  const { codes, sessions, cookie } = access;
  sessions.onEnded(streams.cutOff);
  const ofCookie = (c: Context<ApiEnv>) => sessions.find(cookie.read(c.req.header("cookie")) ?? "");

  mount.json(ENDPOINTS.createWebCode, () => {
    const { code, expiresAt } = codes.make();
    return { code, path: `/#${SIGN_IN_FRAGMENT}=${code}`, expiresAt };
  });
  mount.json(ENDPOINTS.signIn, ({ body }, c) => {
    const { session, secret } = letIn(access, body, c.req.header("user-agent"));
    // Whoever signs in anew has one session, not two.
    const before = ofCookie(c);
    if (before !== null) sessions.end(before.id, holderOf(c));
    const setCookie = cookie.set(secret, c.req.header("origin"), LONGEST_SESSION_MS);
    return new WithStatus(200, { session }, { "set-cookie": setCookie });
  });
  mount.json(ENDPOINTS.getWebSession, (_, c) => ({ session: c.get("webSession") ?? null }));
  mount.json(ENDPOINTS.signOut, (_, c) => {
    // Also where the browser sends the token along, that it was once told for the documentation.
    const session = ofCookie(c);
    const signedOut = session !== null && sessions.end(session.id, holderOf(c));
    return new WithStatus(200, { signedOut }, { "set-cookie": cookie.clear(c.req.header("origin")) });
  });
  mount.json(ENDPOINTS.listWebSessions, (_, c) =>
    sessions.list().map((each) => ({ ...each, isCurrent: each.id === c.get("webSession")?.id })),
  );
  mount.json(ENDPOINTS.revokeWebSession, ({ params }, c) => ({
    revoked: sessions.end(params.sessionId, holderOf(c)),
  }));
  mount.json(ENDPOINTS.revokeOtherWebSessions, (_, c) => ({
    revoked: sessions.endOthers(c.get("webSession")?.id ?? null, holderOf(c)).length,
  }));
}

/** Throws web_code_invalid, unauthorized, and too_many_requests in their place when it was tried too often. */
function letIn(
  { codes, sessions, tokens, failures }: WebAccess,
  proof: { code: string } | { token: string },
  userAgent: string | undefined,
): ReturnType<WebSessions["open"]> {
  const open = () => sessions.open(userAgent);
  if ("token" in proof) {
    const verdict = tokens.checkToken(proof.token);
    if (verdict === "valid") return open();
    if (verdict === "wrong") throw new DomainError("unauthorized", "The token is wrong");
  } else {
    const opened = codes.redeem(proof.code, open);
    if (opened !== null) return opened;
    if (failures.note())
      throw new DomainError("web_code_invalid", "This sign-in code is unknown, used or expired");
  }
  throw new DomainError(
    "too_many_requests",
    "Too many wrong codes and tokens; a right one is still accepted",
  );
}
