import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { ENDPOINTS } from "@steward/contract/endpoints";
import { DomainError, ERROR_STATUS } from "@steward/contract/errors";
import type { z } from "zod";

/** Endpoint names that a test's API answers. */
export type EndpointName = keyof typeof ENDPOINTS;

export interface Call {
  params: Record<string, string>;
  query: Record<string, string>;
  // Parsed by the endpoint's own schema before a handler sees it; handlers know which one.
  body: never;
  /** Where a stream goes. */
  response: Pick<ServerResponse, "writeHead" | "write" | "on" | "destroy">;
}

/** Answers a JSON value, or `undefined` when it keeps the response open as a stream. */
export type Handler = (call: Call) => unknown;

export interface ContractServer {
  readonly url: string;
  /** Requests so far, as `endpoint name`. */
  readonly calls: { name: EndpointName; body: unknown; params: Record<string, string> }[];
  /** Requests that were cut off. */
  readonly refused: number;
  /** `up`: answers. `hang`: takes requests and says nothing. `refuse`: cuts every connection. */
  mode: "up" | "hang" | "refuse";
  close(): Promise<void>;
}

export interface Route {
  name: EndpointName;
  method: string;
  pattern: RegExp;
  names: string[];
}

const ROUTES: Route[] = Object.entries(ENDPOINTS).map(([name, endpoint]) => ({
  name: name as EndpointName,
  method: endpoint.method,
  pattern: new RegExp(`^${endpoint.path.replace(/\{\w+\}/g, "([^/]+)")}$`),
  names: [...endpoint.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ""),
}));

export const routeOf = (method: string | undefined, pathname: string): Route | undefined =>
  ROUTES.find((route) => route.method === method?.toLowerCase() && route.pattern.test(pathname));

export const paramsOf = (route: Route, pathname: string): Record<string, string> => {
  const values = route.pattern.exec(pathname) ?? [];
  return Object.fromEntries(
    route.names.map((name, index) => [name, decodeURIComponent(values[index + 1] ?? "")]),
  );
};

/**
 * A small HTTP server that speaks the contract: requests and answers that the schemas refuse end the test's request
 * with 422 or 500, so neither side of a test can drift from the contract.
 */
export async function startContractServer(deps: {
  token: string;
  handlers: Partial<Record<EndpointName, Handler>>;
}): Promise<ContractServer> {
  const calls: ContractServer["calls"] = [];
  const state = { mode: "up" as ContractServer["mode"], refused: 0 };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (state.mode === "refuse") {
      state.refused += 1;
      request.socket.destroy();
      return;
    }
    if (state.mode === "hang") return;
    const send = (status: number, body: unknown): void => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    if (request.headers.authorization !== `Bearer ${deps.token}`) {
      send(401, { detail: "no token", code: "unauthorized" });
      return;
    }
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const route = routeOf(request.method, url.pathname);
    const handler = route === undefined ? undefined : deps.handlers[route.name];
    if (route === undefined || handler === undefined) {
      send(404, { detail: `${request.method} ${url.pathname} is not answered here`, code: "not_found" });
      return;
    }
    try {
      const endpoint = ENDPOINTS[route.name];
      const text = await readText(request);
      const params = paramsOf(route, url.pathname);
      const schema = bodySchema(endpoint);
      const body: unknown = schema === null ? undefined : schema.parse(JSON.parse(text));
      calls.push({ name: route.name, body, params });
      const query = Object.fromEntries(url.searchParams);
      const value = handler({ params, query, body: body as never, response });
      if (value === undefined) return;
      const [[status, schemaOut] = ["200", null] as const] = responseSchemas(endpoint);
      send(Number(status), schemaOut === null ? value : schemaOut.parse(value));
    } catch (error) {
      if (error instanceof DomainError)
        send(ERROR_STATUS[error.code], { detail: error.message, code: error.code });
      else send(422, { detail: String(error), code: "validation_failed" });
    }
  };

  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    calls,
    get refused() {
      return state.refused;
    },
    get mode() {
      return state.mode;
    },
    set mode(mode) {
      state.mode = mode;
      if (mode !== "up") server.closeAllConnections();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function bodySchema(endpoint: object): z.ZodType | null {
  const { request } = endpoint as {
    request?: { body?: { content: { "application/json": { schema: z.ZodType } } } };
  };
  return request?.body?.content["application/json"].schema ?? null;
}

export function responseSchemas(endpoint: object): (readonly [string, z.ZodType | null])[] {
  const { responses } = endpoint as {
    responses: Record<string, { content: { "application/json"?: { schema: z.ZodType } } }>;
  };
  return Object.entries(responses).map(([status, { content }]) => [
    status,
    content["application/json"]?.schema ?? null,
  ]);
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
