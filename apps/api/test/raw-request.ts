import { connect, type Socket } from "node:net";
import { StringDecoder } from "node:string_decoder";

/** A response read byte by byte, the way a client that cares about the wire sees it. */
export interface RawResponse {
  socket: Socket;
  /** Resolves when the head is there: status line and headers as sent. */
  head: Promise<string>;
  /** What has arrived of the body so far, still chunked if it is. */
  body(): string;
  /** Resolves when the connection is over: `end` = closed in order, `error` = cut. */
  over: Promise<"end" | "error">;
}

/** Sends one request over a socket of its own. */
export function rawRequest(
  port: number,
  options: { method?: string; path: string; headers: Record<string, string>; body?: string },
): RawResponse {
  const { method = "GET", path, headers, body = "" } = options;
  const lines = Object.entries({
    host: `127.0.0.1:${port}`,
    ...headers,
    ...(body === "" ? {} : { "content-length": String(Buffer.byteLength(body)) }),
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  const socket = connect(port, "127.0.0.1");
  const decoder = new StringDecoder("utf8");
  let text = "";
  let tellHead: (head: string) => void = () => undefined;
  const head = new Promise<string>((resolve) => {
    tellHead = resolve;
  });
  socket.on("data", (chunk) => {
    text += decoder.write(chunk);
    const end = text.indexOf("\r\n\r\n");
    if (end !== -1) tellHead(text.slice(0, end));
  });
  const over = new Promise<"end" | "error">((resolve) => {
    socket.on("error", () => resolve("error"));
    socket.on("close", () => resolve("end"));
  });
  socket.write(`${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body}`);
  return {
    socket,
    head,
    over,
    body: () => {
      const end = text.indexOf("\r\n\r\n");
      return end === -1 ? "" : text.slice(end + 4);
    },
  };
}
