import { lookup } from "node:dns/promises";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { type HostRules, mayLeadTo, normalizeHost } from "./host-rules.ts";

export interface RouteOptions {
  rules: HostRules;
  /** The owner's own proxy, when there is one. */
  upstream: URL | null;
  resolve?: (host: string) => Promise<string[]>;
}

/** Why there is no way to a host: the status a proxy answers with. */
export class RouteRefusedError extends Error {
  readonly status: 403 | 502;
  constructor(status: 403 | 502, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "RouteRefusedError";
    this.status = status;
  }
}

const CONNECT_TIMEOUT_MS = 15_000;

/** A connection to a permitted host. Throws RouteRefusedError. */
export async function openRoute(host: string, port: number, options: RouteOptions): Promise<Socket> {
  const how = options.rules.match(host, port);
  if (how === null) throw new RouteRefusedError(403, `${host}:${port} is not on the list of permitted hosts`);
  // A proxy of the owner's resolves names itself, and decides for itself what it leads to.
  if (options.upstream !== null) return await openThroughProxy(host, port, options.upstream);
  const resolve = options.resolve ?? resolveAll;
  const addresses = await resolve(normalizeHost(host)).catch((error: unknown) => {
    throw new RouteRefusedError(502, `${host} is not known`, error);
  });
  const address = addresses.find((each) => mayLeadTo(each, how, host));
  if (address === undefined) {
    throw new RouteRefusedError(403, `${host} leads to an address that is not public`);
  }
  return await opened(connect({ host: address, port }), "connect", `${host}:${port}`);
}

async function resolveAll(host: string): Promise<string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

async function openThroughProxy(host: string, port: number, proxy: URL): Promise<Socket> {
  const isTls = proxy.protocol === "https:";
  const address = { host: normalizeHost(proxy.hostname), port: Number(proxy.port) || (isTls ? 443 : 80) };
  const socket = isTls
    ? await opened(connectTls({ ...address, servername: address.host }), "secureConnect", proxy.host)
    : await opened(connect(address), "connect", proxy.host);
  const user = decodeURIComponent(proxy.username);
  const login =
    user === ""
      ? ""
      : `Proxy-Authorization: Basic ${Buffer.from(`${user}:${decodeURIComponent(proxy.password)}`).toString("base64")}\r\n`;
  socket.write(`CONNECT ${host}:${port} HTTP/1.1\r\nHost: ${host}:${port}\r\n${login}\r\n`);
  const head = await readHead(socket);
  if (!/^HTTP\/1\.[01] 2\d\d/.test(head)) {
    socket.destroy();
    throw new RouteRefusedError(502, `${proxy.host} refused: ${head.split("\r\n", 1)[0] ?? ""}`);
  }
  return socket;
}

function opened<Kind extends Socket>(socket: Kind, event: string, name: string): Promise<Kind> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      socket.destroy();
      reject(new RouteRefusedError(502, `${name} cannot be reached: ${error.message}`, error));
    };
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => fail(new Error("no answer")));
    socket.once("error", fail);
    socket.once(event, () => {
      socket.setTimeout(0);
      socket.off("error", fail);
      // Whoever takes it listens for its close.
      socket.on("error", () => undefined);
      resolve(socket);
    });
  });
}

const MAX_HEAD_BYTES = 16_384;

/** Up to the empty line; what came behind it is put back. */
function readHead(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let head = Buffer.alloc(0);
    const done = (settle: () => void): void => {
      socket.off("data", onData);
      socket.off("close", onClose);
      settle();
    };
    const onClose = (): void => done(() => reject(new RouteRefusedError(502, "the proxy hung up")));
    const onData = (chunk: Buffer): void => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf("\r\n\r\n");
      if (end === -1 && head.length < MAX_HEAD_BYTES) return;
      socket.pause();
      done(() => {
        if (end === -1) {
          socket.destroy();
          reject(new RouteRefusedError(502, "the proxy's answer is not one"));
          return;
        }
        const rest = head.subarray(end + 4);
        if (rest.length > 0) socket.unshift(rest);
        resolve(head.subarray(0, end).toString("latin1"));
      });
    };
    socket.on("data", onData);
    socket.once("close", onClose);
  });
}
