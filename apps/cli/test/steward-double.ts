import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Endpoint } from "@steward/contract/endpoint";
import { ENDPOINTS } from "@steward/contract/endpoints";
import type { z } from "zod";

/** What a handler is given: the request's parts, parsed by the endpoint's own schemas. */
export interface DoubleRequest {
  readonly params: Record<string, string>;
  readonly query: Record<string, unknown>;
  readonly headers: IncomingMessage["headers"];
  // The schema of the endpoint has checked it; tests know which endpoint they handle.
  readonly body: Record<string, unknown>;
}

/** `undefined` from a handler: it has written to the response itself. */
type Handler = (
  request: DoubleRequest,
  response: ServerResponse,
) => Reply | undefined | Promise<Reply | undefined>;

interface Reply {
  readonly status?: number;
  readonly body: unknown;
}

type EndpointName = keyof typeof ENDPOINTS;

/**
 * A stand-in for the API over real HTTP: it has no behaviour of its own, but takes only what the contract allows and
 * answers only what the contract promises; anything else fails the request with 500 and is kept in `violations`.
 */
export class StewardDouble {
  readonly token: string;
  readonly calls: { name: EndpointName; request: DoubleRequest }[] = [];
  readonly violations: string[] = [];
  readonly #handlers = new Map<EndpointName, Handler>();
  #server: Server | null = null;
  #port = 0;

  constructor(token: string) {
    this.token = token;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get port(): number {
    return this.#port;
  }

  on(name: EndpointName, handler: Handler): this {
    this.#handlers.set(name, handler);
    return this;
  }

  callsOf(name: EndpointName): DoubleRequest[] {
    return this.calls.filter((call) => call.name === name).map(({ request }) => request);
  }

  /** The second start takes the same port again. */
  async start(): Promise<this> {
    const server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        this.violations.push(String(error));
        if (!response.headersSent) send(response, 500, { detail: String(error), code: "internal_error" });
      });
    });
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.#port, "127.0.0.1", resolve);
    });
    this.#port = (server.address() as AddressInfo).port;
    return this;
  }

  /** Cuts every connection, as a killed process would. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.url);
    const found = findEndpoint(request.method ?? "GET", url.pathname);
    if (found === undefined) return send(response, 404, { detail: "Not Found", code: "not_found" });
    const { name, endpoint, params } = found;
    const open = endpoint.path === "/healthz" || endpoint.path === "/readyz";
    if (!open && request.headers.authorization !== `Bearer ${this.token}`) {
      return send(response, 401, { detail: "Wrong token", code: "unauthorized" });
    }
    const parsed = {
      params: check(endpoint.request?.params, params) as Record<string, string>,
      query: check(endpoint.request?.query, Object.fromEntries(url.searchParams)) as Record<string, unknown>,
      headers: request.headers,
      body: checkBody(endpoint, await readJson(request)) as Record<string, unknown>,
    };
    check(endpoint.request?.headers, request.headers);
    this.calls.push({ name, request: parsed });
    const handler = this.#handlers.get(name);
    if (handler === undefined) throw new Error(`The test has no handler for ${name}`);
    const reply = await handler(parsed, response);
    if (reply === undefined) return;
    const status = reply.status ?? Number(Object.keys(endpoint.responses)[0]);
    const schema = responseSchema(endpoint, status);
    send(response, status, schema === undefined ? reply.body : check(schema, reply.body));
  }
}

function findEndpoint(
  method: string,
  path: string,
): { name: EndpointName; endpoint: Endpoint; params: Record<string, string> } | undefined {
  for (const [name, endpoint] of Object.entries(ENDPOINTS)) {
    if (endpoint.method.toUpperCase() !== method) continue;
    const pattern = endpoint.path.replaceAll(/\{(\w+)\}/g, "(?<$1>[^/]+)");
    const match = new RegExp(`^${pattern}$`).exec(path);
    if (match) return { name: name as EndpointName, endpoint, params: { ...match.groups } };
  }
  return undefined;
}

const check = (schema: unknown, value: unknown): unknown =>
  schema === undefined ? value : (schema as z.ZodType).parse(value);

/** One that may be left out may be left out here, too. */
const checkBody = (endpoint: Endpoint, body: unknown): unknown =>
  body === undefined && endpoint.request?.body?.required !== true
    ? undefined
    : check(bodySchema(endpoint), body);

const bodySchema = (endpoint: Endpoint): unknown => jsonSchema(endpoint.request?.body);

const responseSchema = (endpoint: Endpoint, status: number): unknown =>
  jsonSchema(endpoint.responses[status]);

/** The records' parts are written with `json()` and `jsonBody()`; their library's type allows much more. */
function jsonSchema(part: unknown): unknown {
  const { content } = (part ?? {}) as { content?: Record<string, { schema?: unknown }> };
  return content?.["application/json"]?.schema;
}

/** Undefined without a body, and for a file's bytes. */
async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const isJson = request.headers["content-type"]?.startsWith("application/json") === true;
  return chunks.length === 0 || !isJson ? undefined : JSON.parse(Buffer.concat(chunks).toString("utf8"));
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
