import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Clock } from "@steward/platform/clock";
import { freePort } from "@steward/platform/free-port";
import { ApiError } from "../api-error.ts";
import type { IncomingCall, Reply } from "../dispatch.ts";
import type { FileReply } from "./download.ts";
import { decodeBody, readBody } from "./request-body.ts";

export interface ServerDeps {
  port: number;
  call(incoming: IncomingCall): Promise<Reply>;
  download(token: string, path: string, signal: AbortSignal): Promise<Reply | FileReply>;
  clock: Pick<Clock, "sleep">;
}

/** Longer than any client keeps an idle connection, so that the server is never the one to cut it. */
const KEEP_ALIVE_MS = 75_000;

/** The HTTP side: `/bot<token>/<method>` and `/file/bot<token>/<path>` on 127.0.0.1. */
export class EmulatorServer {
  readonly #deps: ServerDeps;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port: number;

  constructor(deps: ServerDeps) {
    this.#deps = deps;
    this.#port = deps.port;
  }

  get isUp(): boolean {
    return this.#server !== undefined;
  }

  get port(): number {
    return this.#port;
  }

  /** Starts to listen; after a `down` at the same port as before. */
  async up(): Promise<void> {
    if (this.#server !== undefined) return;
    if (this.#port === 0) this.#port = await freePort();
    const server = createServer((request, response) => void this.#handle(request, response));
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    server.requestTimeout = 0;
    server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.#port, "127.0.0.1", resolve);
    });
    this.#server = server;
  }

  /** Stops to listen and cuts every connection. */
  async down(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    request.on("error", () => gone.abort()); // the client vanished while it was still sending
    try {
      const reply = await this.#route(request, gone.signal);
      if (reply.kind === "file") await this.#sendFile(response, reply, gone.signal);
      else write(response, reply);
    } catch (error) {
      if (gone.signal.aborted) return;
      write(response, { kind: "error", error: asApiError(error) });
    }
  }

  async #sendFile(
    response: ServerResponse,
    { data, bytesPerSecond, isCut }: FileReply,
    signal: AbortSignal,
  ): Promise<void> {
    if (isCut === true) {
      const headers = { "content-type": "application/octet-stream", "content-length": data.length };
      response.writeHead(200, headers).write(data.subarray(0, data.length / 2), () => {
        response.socket?.destroy();
      });
      return;
    }
    if (bytesPerSecond === undefined) return send(response, 200, "application/octet-stream", data);
    response.writeHead(200, {
      "content-type": "application/octet-stream",
      "content-length": data.length,
    });
    const piece = Math.max(Math.floor(bytesPerSecond / 10), 1);
    for (let at = 0; at < data.length; at += piece) {
      // First the time, then what it brings: a client counts a piece in when it has come.
      await this.#deps.clock.sleep(100, signal);
      response.write(data.subarray(at, at + piece));
    }
    response.end();
  }

  async #route(request: IncomingMessage, signal: AbortSignal) {
    const url = new URL(request.url ?? "/", "http://emulator");
    const file = /^\/file\/bot([^/]+)\/(.+)$/.exec(url.pathname);
    if (file?.[1] !== undefined && file[2] !== undefined) {
      return this.#deps.download(decodeURIComponent(file[1]), decodeURIComponent(file[2]), signal);
    }
    const call = /^\/bot([^/]+)\/([^/]+)\/?$/.exec(url.pathname);
    const body = await readBody(request);
    if (call?.[1] === undefined || call[2] === undefined) throw new ApiError(404, "Not Found");
    return this.#deps.call({
      token: decodeURIComponent(call[1]),
      method: decodeURIComponent(call[2]),
      body: decodeBody(url.searchParams, request.headers["content-type"] ?? "", body),
      signal,
    });
  }
}

export const asApiError = (error: unknown): ApiError => {
  if (error instanceof ApiError) return error;
  return new ApiError(500, `Internal Server Error: the emulator failed: ${String(error)}`);
};

function write(response: ServerResponse, reply: Reply): void {
  switch (reply.kind) {
    case "hang":
      return; // the connection stays open until the client, or the end of the emulator, closes it
    case "disconnect":
      response.socket?.destroy();
      return;
    case "html":
      send(response, reply.status, "text/html", reply.html);
      return;
    case "result":
      send(response, 200, "application/json", JSON.stringify({ ok: true, result: reply.result }));
      return;
    case "error":
      writeError(response, reply.error);
      return;
  }
}

function writeError(response: ServerResponse, error: ApiError): void {
  const retryAfter = error.parameters?.retry_after;
  if (retryAfter !== undefined) response.setHeader("retry-after", retryAfter);
  send(response, error.code, "application/json", JSON.stringify(errorBody(error)));
}

/** The Bot API's form of a no. */
export const errorBody = ({ code, message, parameters }: ApiError) => ({
  ok: false,
  error_code: code,
  description: message,
  ...(parameters === undefined ? {} : { parameters }),
});

function send(response: ServerResponse, status: number, contentType: string, body: string | Buffer): void {
  response.writeHead(status, { "content-type": contentType, "content-length": Buffer.byteLength(body) });
  response.end(body);
}
