import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { DomainError, ERROR_STATUS } from "@steward/contract/errors";
import { type EndpointName, readContractAnswer, readContractCall, routeOf } from "./contract-call.ts";

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
      const { headers } = request;
      const asked = readContractCall(route, { url, headers, text: await readText(request) });
      const { params, query, body } = asked;
      calls.push({ name: route.name, body, params });
      const value = handler({ params, query, body: body as never, response });
      if (value === undefined) return;
      const answer = readContractAnswer(route, value);
      send(answer.status, answer.body);
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

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
