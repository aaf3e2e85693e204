import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Endpoint, EndpointRequest, EndpointResult } from "@steward/contract/endpoint";
import { repeatableHeaders } from "@steward/contract/ids";
import { keepsAnswers } from "@steward/contract/repeats";
import type { AnsweredRequests, KeyedRequest } from "@steward/core/repeats/answered-requests";
import type { Context, Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { ApiEnv } from "./api-env.ts";
import { jsonAnswer } from "./json-answer.ts";
import { parseRequest } from "./validation.ts";

type Reply<Result> = Result | WithStatus<Result> | Promise<Result | WithStatus<Result>>;

/** An answer with another status than its endpoint's usual one, or with headers of its own. */
export class WithStatus<Result> {
  readonly status: ContentfulStatusCode;
  readonly body: Result;
  readonly headers: Readonly<Record<string, string>>;
  constructor(status: ContentfulStatusCode, body: Result, headers: Readonly<Record<string, string>> = {}) {
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

export interface Mount {
  /** A route: the request parsed by its record's schemas, one call, its answer. Errors are thrown. */
  json<Record extends Endpoint>(
    endpoint: Record,
    handler: (request: EndpointRequest<Record>, c: Context<ApiEnv>) => Reply<EndpointResult<Record>>,
  ): void;
  /** A route that makes its own Response: the streams. HEAD is answered without calling it. */
  response<Record extends Endpoint>(
    endpoint: Record,
    handler: (request: EndpointRequest<Record>, c: Context<ApiEnv>) => Response | Promise<Response>,
  ): void;
}

/**
 * Mounts endpoint records on an app.
 *
 * @param options.checkAnswers compare each answer with its schema and fail when it differs: in tests and development,
 * where the contract is to be found broken by us and not by a client
 * @param options.beforeEach before anything is asked of a route's handler
 */
export function createMount(
  app: Hono<ApiEnv>,
  options: { checkAnswers: boolean; answered: AnsweredRequests; beforeEach: () => void },
): Mount {
  const route = (
    endpoint: Endpoint,
    answer: (request: never, c: Context<ApiEnv>) => Promise<Response>,
  ): void => {
    app.on(endpoint.method.toUpperCase(), routingPath(endpoint.path), async (c) => {
      options.beforeEach();
      c.set("route", endpoint.path);
      const request = parseRequest(endpoint, {
        params: c.req.param(),
        query: () => c.req.query(),
        headers: () => c.req.header(),
        body: c.get("bodyText"),
      });
      // The record's schemas have just made of it what the record's types say.
      return answer(request as never, c);
    });
  };
  return {
    json: (endpoint, handler) => {
      const status = successStatus(endpoint);
      route(endpoint, async (request, c) => {
        const work = async () => {
          const result = await handler(request, c);
          return result instanceof WithStatus ? result : new WithStatus(status, result);
        };
        const keyed = keepsAnswers(endpoint) ? keyedRequest(endpoint, request) : null;
        const reply = await (keyed === null ? work() : options.answered.once(keyed, work));
        if (options.checkAnswers) assertAnswer(endpoint, reply);
        return jsonAnswer(c, reply.body, reply.status, reply.headers);
      });
    },
    response: (endpoint, handler) =>
      route(endpoint, async (request, c) =>
        // An endless stream that nobody reads would never be closed.
        c.req.raw.method === "HEAD" ? new Response(null) : handler(request, c),
      ),
  };
}

/** Null for a request without a key. */
function keyedRequest(
  endpoint: Endpoint,
  { headers, params, query, body }: Readonly<Record<string, unknown>>,
): KeyedRequest | null {
  const { "idempotency-key": key } = repeatableHeaders.parse(headers);
  if (key === undefined) return null;
  const asked = JSON.stringify([params, query, body]);
  const digest = createHash("sha256").update(asked).digest("hex");
  return { scope: `${endpoint.method} ${endpoint.path}`, key, digest };
}

/** `/a/{b}` of a record as the router writes it: `/a/:b`. */
export const routingPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ":$1");

function successStatus(endpoint: Endpoint): ContentfulStatusCode {
  const status = Object.keys(endpoint.responses).find((code) => code.startsWith("2"));
  if (status === undefined) throw new TypeError(`${endpoint.path} has no answer for success`);
  // The records are written with literal codes that carry content.
  return Number(status) as ContentfulStatusCode;
}

function assertAnswer(endpoint: Endpoint, { status, body }: WithStatus<unknown>): void {
  const response = endpoint.responses[status];
  const content =
    response !== undefined && "content" in response ? response.content?.["application/json"] : undefined;
  const schema = content !== undefined && "schema" in content ? content.schema : undefined;
  if (schema === undefined || !("safeParse" in schema)) {
    throw new TypeError(`${endpoint.path} has no JSON answer with status ${status}`);
  }
  const sent: unknown = JSON.parse(JSON.stringify(body));
  const known = schema.parse(sent);
  if (!isDeepStrictEqual(known, sent)) {
    throw new TypeError(`${endpoint.path} answers with fields that its record does not have`);
  }
}
