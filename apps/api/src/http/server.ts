import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { Hono } from "hono";
import type { ApiEnv } from "./api-env.ts";

/**
 * The Go client keeps idle connections for 90 s and posts again when it writes into one that was closed under it, so
 * we keep them longer (wire contract §1).
 */
const KEEP_ALIVE_TIMEOUT_MS = 130_000;

export interface RunningServer {
  /** The address as a client reaches it. */
  readonly url: string;
  readonly port: number;
  /** Takes no more connections; resolves when those in use have ended, after `graceMs` by force. */
  close(graceMs: number): Promise<void>;
}

/** @throws what `listen` reports: the port is taken (`EADDRINUSE`), the address is not ours, … */
export async function startServer(
  app: Hono<ApiEnv>,
  address: { host: string; port: number },
): Promise<RunningServer> {
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  const server = createServer(
    {
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      // Time for a client to send its head, and its whole request: not for us to answer.
      headersTimeout: 60_000,
      requestTimeout: 300_000,
    },
    // It answers its own failures and never rejects.
    (request, response) => void listener(request, response),
  );
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(address.port, address.host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${clientHost(address.host)}:${port}`,
    port,
    close: (graceMs) => close(server, graceMs),
  };
}

function close(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/** Where a program on this machine reaches what listens on `host`. */
const clientHost = (host: string): string => {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") ? `[${host}]` : host;
};
