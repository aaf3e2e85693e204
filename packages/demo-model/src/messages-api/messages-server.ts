import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Ids } from "@steward/platform/ids";
import type { Logger } from "@steward/platform/logger";
import { type ApiFailure, INTERNAL_ERROR, invalidRequest, TOO_LARGE, UNKNOWN_ROUTE } from "./api-error.ts";
import { checkCredentials } from "./credentials.ts";
import { ClientGone, Exchange, type IncomingCall, sendFailure, sendJson } from "./exchange.ts";
import { estimateTokens } from "./message-writer.ts";
import { parseMessagesRequest } from "./messages-request.ts";

/** The real API's limit of a request body. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

/**
 * A warm CLI keeps its connection for its next turn. Node's default of 5 s would close it under the request that
 * comes just then, and the client would see a reset.
 */
const KEEP_ALIVE_MS = 10 * 60 * 1000;

const LOOPBACK_HOSTS = ["127.0.0.1", "::1"];

export interface MessagesServerOptions {
  /** A loopback address: an API that answers without a model has no business on a network. */
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly apiKey: string;
  readonly ids: Ids;
  readonly log: Logger;
  /** Answers one valid request. A rejection becomes a 500, or ends a stream that has begun with an `error` event. */
  answer(exchange: Exchange): Promise<void>;
  /** Sees every call that `answer` does not get, with the reason when it was refused. */
  readonly onOther?: (call: IncomingCall, failure: ApiFailure | null) => void;
}

export interface RunningServer {
  readonly url: string;
  readonly port: number;
  /** Ends every open connection and stops listening. */
  close(): Promise<void>;
}

/** `HEAD /`, `POST /v1/messages` and `POST /v1/messages/count_tokens` of the Messages API; anything else is a 404. */
export async function startMessagesServer(options: MessagesServerOptions): Promise<RunningServer> {
  if (!LOOPBACK_HOSTS.includes(options.host)) {
    throw new Error(`Refusing to listen on ${options.host}: only ${LOOPBACK_HOSTS.join(" or ")} is allowed.`);
  }
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    serve(options, request, response).catch((error: unknown) => {
      const hungUp = error instanceof ClientGone || !request.complete;
      if (!hungUp) options.log.error({ err: error }, "model request failed");
      response.destroy();
    });
  });
  const port = await listen(server, options);
  return {
    url: `http://${options.host.includes(":") ? `[${options.host}]` : options.host}:${port}`,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, at: { host: string; port: number }): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(at.port, at.host, () => {
      server.removeListener("error", reject);
      const address = server.address();
      if (typeof address === "object" && address !== null) resolve(address.port);
      else reject(new Error("listening on something that is not a TCP port"));
    });
  });
}

async function serve(
  options: MessagesServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const requestId = `req_${options.ids.uuid4().replaceAll("-", "")}`;
  response.setHeader("request-id", requestId);
  const body = await readBody(request);
  const call: IncomingCall = {
    method: request.method ?? "",
    path: (request.url ?? "/").split("?", 1)[0] ?? "/",
    headers: request.headers,
    body: body ?? "",
  };
  const refuse = (failure: ApiFailure): void => {
    options.onOther?.(call, failure);
    sendFailure(response, failure, requestId);
  };

  if (call.method === "HEAD" && call.path === "/") {
    options.onOther?.(call, null);
    response.writeHead(200).end();
    return;
  }
  const route = call.path === "/v1/messages" ? "create" : "count_tokens";
  if (route === "count_tokens" && call.path !== "/v1/messages/count_tokens") return refuse(UNKNOWN_ROUTE);
  if (call.method !== "POST") return refuse({ ...invalidRequest("Method Not Allowed"), status: 405 });
  const unauthorised = checkCredentials(call.headers, options.apiKey);
  if (unauthorised !== null) return refuse(unauthorised);
  if (body === null) return refuse(TOO_LARGE);
  if (call.headers["anthropic-version"] === undefined) {
    return refuse(invalidRequest("anthropic-version: header is required"));
  }
  const parsed = parseMessagesRequest(body, route);
  if (!parsed.ok) return refuse(parsed.failure);
  if (route === "count_tokens") {
    options.onOther?.(call, null);
    return sendJson(response, 200, { input_tokens: estimateTokens(body.length) });
  }

  const messageId = `msg_${options.ids.uuid4().replaceAll("-", "")}`;
  const exchange = new Exchange({ call, request: parsed.request, requestId, messageId, response });
  try {
    await options.answer(exchange);
    if (!response.writableEnded && !response.destroyed) throw new Error("the answer was never finished");
  } catch (error) {
    if (exchange.signal.aborted) return;
    options.log.error({ err: error, requestId }, "the answer could not be made");
    if (!exchange.started) exchange.fail(INTERNAL_ERROR);
    else await exchange.failMidway(INTERNAL_ERROR);
  }
}

/** Null when it is larger than the API accepts; the rest is read and forgotten, so that the refusal arrives. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    // Without setEncoding a request yields buffers.
    const buffer = chunk as Buffer;
    bytes += buffer.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(buffer);
    else chunks.length = 0;
  }
  return bytes <= MAX_BODY_BYTES ? Buffer.concat(chunks).toString("utf8") : null;
}
