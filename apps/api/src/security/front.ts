import type { ErrorCode } from "@steward/contract/errors";
import type { Context, MiddlewareHandler } from "hono";
import type { ApiEnv } from "../http/api-env.ts";
import { refuse } from "../http/error-response.ts";
import { isDocumentation, isPublic, takesAgentKey, takesUpload } from "./exceptions.ts";
import type { HostGate } from "./host-gate.ts";
import { isOwnOrigin } from "./origin-gate.ts";
import { bodyLimitBytes, hasBody, isJson, isUploadType, readBody } from "./request-body.ts";
import { presentedToken, type TokenVerdict } from "./token-gate.ts";

export interface SecurityFrontDeps {
  hosts: Pick<HostGate, "allows">;
  checkToken: (authorization: string | undefined) => TokenVerdict;
  /** The chat whose agent has this key; null = it is nobody's. */
  agentChatOf: (key: string) => number | null;
}

/**
 * What every request passes before any route sees it, streams included, in this order: Host, public paths, token,
 * Origin, content type, size. It refuses without having done anything, and it judges headers, never addresses: a
 * request from this machine is a stranger like any other (threats T7 to T11).
 */
export function createSecurityFront(deps: SecurityFrontDeps): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const { method } = c.req.raw;
    const host = c.req.header("host");
    if (host === undefined || !deps.hosts.allows(host)) {
      return refused(c, "host_not_allowed", "This Host is not on the allow-list (STEWARD_ALLOWED_HOSTS)");
    }
    if (isPublic(method, c.req.path)) return next();

    const authorization = c.req.header("authorization");
    const key = takesAgentKey(c.req.path) ? presentedToken(authorization ?? "") : null;
    const agentChat = key === null ? null : deps.agentChatOf(key);
    if (agentChat !== null) c.set("agentChat", agentChat);
    const verdict = agentChat === null ? deps.checkToken(authorization) : "valid";
    if (verdict === "too_many") {
      return refused(c, "too_many_requests", "Too many wrong tokens; the right one is still accepted");
    }
    if (verdict !== "valid") {
      const detail = verdict === "missing" ? "A token is required" : "The token is wrong";
      return refused(c, "unauthorized", detail, { "www-authenticate": challenge(c) });
    }

    const browser = {
      host: host.toLowerCase(),
      origin: c.req.header("origin"),
      site: c.req.header("sec-fetch-site"),
    };
    if (!isOwnOrigin(browser, method)) {
      return refused(c, "origin_not_allowed", "Requests from other pages are refused");
    }

    if (takesUpload(method, c.req.path)) {
      if (hasBody(c) && !isUploadType(c.req.header("content-type"))) {
        const detail = "Send the file's bytes themselves (content-type: application/octet-stream), no form";
        return refused(c, "unsupported_media_type", detail);
      }
      // Read by its route, as it comes: it is never held whole.
      return next();
    }
    if (hasBody(c)) {
      if (!isJson(c.req.header("content-type"))) {
        return refused(c, "unsupported_media_type", "The body must be JSON (content-type: application/json)");
      }
      const limitBytes = bodyLimitBytes(c.req.path);
      const bodyText = await readBody(c, limitBytes);
      if (bodyText === null) {
        return refused(c, "payload_too_large", `The body is larger than ${limitBytes} bytes`);
      }
      c.set("bodyText", bodyText);
    }
    return next();
  };
}

function refused(
  c: Context<ApiEnv>,
  code: ErrorCode,
  detail: string,
  headers?: Record<string, string>,
): Response {
  c.set("refusal", code);
  return refuse(code, detail, headers);
}

/** A browser shows its password prompt only for Basic, and only the documentation is meant for its address bar. */
function challenge(c: Context<ApiEnv>): string {
  const mode = c.req.header("sec-fetch-mode");
  const navigates = c.req.method === "GET" && (mode === undefined || mode === "navigate");
  return navigates && isDocumentation(c.req.path)
    ? 'Basic realm="Steward: any name, the token as password", charset="UTF-8"'
    : 'Bearer realm="Steward"';
}
