import { timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { SandboxPathDoor } from "../sandbox-request.ts";
import { type ConnectionServer, serveConnections } from "./serve-connections.ts";

/** Of a request these are passed on, and the door's own Authorization; nothing else that a server might act upon. */
const PASSED_ON = [
  "accept",
  "content-type",
  "content-length",
  "mcp-protocol-version",
  "mcp-session-id",
] as const;

/**
 * Leads to one path of one server. It is compared as it was sent, so no spelling of another path gets through, and only
 * requests with the door's own key do: another key, the owner's included, opens nothing here.
 */
export function createPathDoor(door: SandboxPathDoor): ConnectionServer {
  const server = createServer((incoming, answer) => {
    if (incoming.url !== door.path) return refuse(answer, 403, "this door leads to one path only");
    if (!isSame(incoming.headers.authorization ?? "", door.authorization)) {
      return refuse(answer, 401, "this is not the key to this door");
    }
    passOn(incoming, answer, door);
  });
  return serveConnections(server);
}

function passOn(
  incoming: IncomingMessage,
  answer: ServerResponse,
  { target, path, authorization }: SandboxPathDoor,
): void {
  const headers = Object.fromEntries(
    PASSED_ON.flatMap((name) => {
      const value = incoming.headers[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const host = target.host.includes(":") ? `[${target.host}]` : target.host;
  const outgoing = request({
    ...target,
    path,
    method: incoming.method ?? "GET",
    headers: { ...headers, authorization, host: `${host}:${target.port}` },
  });
  outgoing.once("response", (response) => {
    const { connection: _, "keep-alive": __, "transfer-encoding": ___, ...rest } = response.headers;
    answer.writeHead(response.statusCode ?? 502, rest);
    response.pipe(answer);
    response.once("error", () => answer.destroy());
  });
  outgoing.once("error", () => {
    if (answer.headersSent) answer.destroy();
    else refuse(answer, 502, "Steward does not answer");
  });
  answer.once("close", () => outgoing.destroy());
  incoming.pipe(outgoing);
}

function refuse(answer: ServerResponse, status: number, reason: string): void {
  answer.writeHead(status, { "content-type": "text/plain", connection: "close" }).end(`Steward: ${reason}\n`);
}

function isSame(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}
