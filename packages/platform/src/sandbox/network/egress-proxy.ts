import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { joinSockets } from "./join-sockets.ts";
import { openRoute, type RouteOptions, RouteRefusedError } from "./open-route.ts";
import { type ConnectionServer, serveConnections } from "./serve-connections.ts";

const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "upgrade",
]);

/** An HTTP proxy that leads to permitted hosts and nowhere else: tunnels (`CONNECT`) and plain `http:` requests. */
export function createEgressProxy(options: RouteOptions): ConnectionServer {
  const server = createServer((incoming, answer) => void passOn(incoming, answer, options));
  server.on("connect", (incoming: IncomingMessage, client: Duplex, head: Buffer) => {
    void openTunnel(incoming, client, head, options);
  });
  // Our own side of a tunnel may be silent for as long as the model thinks.
  server.timeout = 0;
  return serveConnections(server);
}

async function openTunnel(
  incoming: IncomingMessage,
  client: Duplex,
  head: Buffer,
  options: RouteOptions,
): Promise<void> {
  client.on("error", () => undefined);
  try {
    const { host, port } = parseAuthority(incoming.url ?? "", 443);
    const outside = await openRoute(host, port, options);
    client.write("HTTP/1.1 200 Connection established\r\n\r\n");
    if (head.length > 0) outside.write(head);
    joinSockets(client, outside);
  } catch (error) {
    const { status, message } = toRefusal(error);
    client.end(
      `HTTP/1.1 ${status} ${status === 403 ? "Forbidden" : "Bad Gateway"}\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n${message}\n`,
    );
  }
}

async function passOn(
  incoming: IncomingMessage,
  answer: ServerResponse,
  options: RouteOptions,
): Promise<void> {
  try {
    const url = new URL(incoming.url ?? "");
    if (url.protocol !== "http:") throw new RouteRefusedError(403, "only http: is passed on");
    const socket = await openRoute(url.hostname, Number(url.port) || 80, options);
    const headers = Object.fromEntries(
      Object.entries(incoming.headers).filter(([name]) => !HOP_BY_HOP.has(name)),
    );
    const outgoing = request({
      createConnection: () => socket,
      method: incoming.method ?? "GET",
      path: `${url.pathname}${url.search}`,
      headers: { ...headers, host: url.host, connection: "close" },
    });
    outgoing.once("response", (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
      response.once("error", () => answer.destroy());
    });
    outgoing.once("error", () => answer.destroy());
    answer.once("close", () => outgoing.destroy());
    incoming.pipe(outgoing);
  } catch (error) {
    const { status, message } = toRefusal(error);
    answer.writeHead(status, { "content-type": "text/plain", connection: "close" }).end(`${message}\n`);
  }
}

function parseAuthority(text: string, defaultPort: number): { host: string; port: number } {
  const match = /^(\[[^\]]+\]|[^:]+)(?::(\d{1,5}))?$/.exec(text);
  if (match === null) throw new RouteRefusedError(403, "not a host and port");
  return { host: match[1] ?? "", port: Number(match[2] ?? defaultPort) };
}

function toRefusal(error: unknown): { status: number; message: string } {
  if (error instanceof RouteRefusedError)
    return { status: error.status, message: `Steward: ${error.message}` };
  return { status: 403, message: "Steward: this is no request for a proxy" };
}
