import type { Context, MiddlewareHandler } from "hono";
import type { ApiEnv } from "../http/api-env.ts";
import { refuse } from "../http/error-response.ts";
import { isPublic, isWebUi, provesInBody, takesUpload } from "./exceptions.ts";
import type { HostGate } from "./host-gate.ts";
import {
  type IdentifyDeps,
  identifyCaller,
  OTHER_PAGE,
  type Refusal,
  refusal,
  UNCLEAR_PAGE,
} from "./identify-caller.ts";
import { isOwnOrigin, saysWhereFrom } from "./origin-gate.ts";
import { bodyLimitBytes, hasBody, isJson, isUploadType, readBody } from "./request-body.ts";

export interface SecurityFrontDeps extends IdentifyDeps {
  hosts: Pick<HostGate, "allows">;
}

/**
 * What every request passes before any route sees it, streams included, in this order: Host, public paths, who asks,
 * Origin, content type, size. It refuses without having done anything, and it judges headers, never addresses: a
 * request from this machine is a stranger like any other (threats T7 to T11).
 */
export function createSecurityFront(deps: SecurityFrontDeps): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const { method } = c.req.raw;
    const host = c.req.header("host");
    if (host === undefined || !deps.hosts.allows(host)) {
      return refused(
        c,
        refusal("host_not_allowed", "This Host is not on the allow-list (STEWARD_ALLOWED_HOSTS)"),
      );
    }
    if (isPublic(method, c.req.path) || isWebUi(c)) return next();

    const page = {
      host: host.toLowerCase(),
      origin: c.req.header("origin"),
      site: c.req.header("sec-fetch-site"),
    };
    if (provesInBody(method, c.req.path)) {
      if (!saysWhereFrom(page)) return refused(c, UNCLEAR_PAGE);
    } else {
      const caller = identifyCaller(c, page, deps);
      if (caller.kind === "refused") return refused(c, caller);
      if (caller.kind === "agent") c.set("agentChat", caller.chat);
      if (caller.kind === "browser") c.set("webSession", caller.session);
    }
    if (!isOwnOrigin(page, method)) return refused(c, OTHER_PAGE);

    const problem = await takeBody(c, method);
    return problem === null ? next() : refused(c, problem);
  };
}

/** Reads the body, where its route does not do so by itself. Answers what is wrong with it. */
async function takeBody(c: Context<ApiEnv>, method: string): Promise<Refusal | null> {
  if (!hasBody(c)) return null;
  const contentType = c.req.header("content-type");
  if (takesUpload(method, c.req.path)) {
    // Read by its route, as it comes: it is never held whole.
    if (isUploadType(contentType)) return null;
    const detail = "Send the file's bytes themselves (content-type: application/octet-stream), no form";
    return refusal("unsupported_media_type", detail);
  }
  if (!isJson(contentType)) {
    return refusal("unsupported_media_type", "The body must be JSON (content-type: application/json)");
  }
  const limitBytes = bodyLimitBytes(c.req.path);
  const bodyText = await readBody(c, limitBytes);
  if (bodyText === null) {
    return refusal("payload_too_large", `The body is larger than ${limitBytes} bytes`);
  }
  c.set("bodyText", bodyText);
  return null;
}

function refused(c: Context<ApiEnv>, { code, detail, headers }: Refusal): Response {
  c.set("refusal", code);
  return refuse(code, detail, headers);
}
