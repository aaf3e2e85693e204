import type { Clock } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import { Hono } from "hono";
import { TrieRouter } from "hono/router/trie-router";
import { createSecurityFront, type SecurityFrontDeps } from "../security/front.ts";
import { RESPONSE_HEADERS } from "../security/response-headers.ts";
import { createWebUi } from "../web/web-ui.ts";
import type { ApiEnv } from "./api-env.ts";
import { errorResponse, refuse } from "./error-response.ts";
import { createRequestLog } from "./request-log.ts";

export interface AppDeps extends SecurityFrontDeps {
  /** Where the built web UI lies. */
  webDirectory: string;
  log: Logger;
  clock: Clock;
}

/**
 * The app without its routes: what stands before every route and behind every failure. A trailing slash makes no
 * difference (`strict: false`), and nothing is ever redirected.
 */
export function createApp(deps: AppDeps): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>({ strict: false });

  app.use(createRequestLog(deps));
  app.use(async (c, next) => {
    await next();
    // To look into an answer of `c.json` would cost more than to make it.
    if (c.get("hasHeaders")) return;
    for (const [name, value] of Object.entries(RESPONSE_HEADERS)) {
      if (!c.res.headers.has(name)) c.res.headers.set(name, value);
    }
  });
  app.use(createSecurityFront(deps));
  app.use(createWebUi(deps.webDirectory));

  app.onError((error, c) => {
    const { response, code, expected } = errorResponse(error);
    c.set("refusal", code);
    if (!expected) deps.log.error({ err: error, route: c.get("route") ?? null }, "request failed");
    return response;
  });
  app.notFound((c) => {
    const allowed = methodsOf(app, c.req.path);
    if (allowed.length === 0) return refuse("not_found", "Not Found");
    return refuse("method_not_allowed", "Method Not Allowed", { allow: allowed.join(", ") });
  });
  return app;
}

/** Every route that was mounted, middlewares aside. */
export const mountedRoutes = (app: Hono<ApiEnv>): { method: string; path: string }[] =>
  app.routes.filter(({ method }) => method !== "ALL").map(({ method, path }) => ({ method, path }));

/** Which methods a path knows. Only asked when none of them was used, so it need not be fast. */
function methodsOf(app: Hono<ApiEnv>, path: string): string[] {
  const router = new TrieRouter<string>();
  for (const route of mountedRoutes(app)) router.add("ANY", route.path, route.method);
  const [matches] = router.match("ANY", path);
  return [...new Set(matches.map(([method]) => method))].sort();
}
