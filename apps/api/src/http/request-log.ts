import type { Clock } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import type { MiddlewareHandler } from "hono";
import { isPublic, isWebUi } from "../security/exceptions.ts";
import type { ApiEnv } from "./api-env.ts";

/** Who is refused so may have been trying to get in. */
const GUESSES: ReadonlySet<string> = new Set(["unauthorized", "too_many_requests", "web_code_invalid"]);

/**
 * One wide line per request, when its answer has gone out or its client has gone away. It names the route, never the
 * address, and holds nothing of headers or bodies.
 */
export function createRequestLog(deps: {
  log: Logger;
  clock: Pick<Clock, "monotonicMs">;
}): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const startedMs = deps.clock.monotonicMs();
    await next();
    const { method } = c.req.raw;
    const refusal = c.get("refusal");
    const session = c.get("webSession");
    const outgoing = c.env?.outgoing;

    const write = (): void => {
      // A handler that wrote the answer itself has told only Node's response.
      const status = outgoing?.headersSent === true ? outgoing.statusCode : c.res.status;
      const line = {
        method,
        route: c.get("route") ?? null,
        status,
        durationMs: Math.round((deps.clock.monotonicMs() - startedMs) * 10) / 10,
        ...(session === undefined ? {} : { webSession: session.id }),
        ...(refusal === undefined ? {} : { refusal }),
        ...(outgoing === undefined || outgoing.writableFinished ? {} : { clientGone: true }),
      };
      if (refusal !== undefined && GUESSES.has(refusal)) deps.log.warn(line, "request refused");
      else if ((isPublic(method, c.req.path) || isWebUi(c)) && status < 400) deps.log.debug(line, "request");
      else deps.log.info(line, "request");
    };
    // Who has gone before the answer was made gets a line all the same.
    if (outgoing === undefined || outgoing.closed) write();
    else outgoing.once("close", write);
  };
}
