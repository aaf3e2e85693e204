import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/** A real server whose connections are answered by the test, one after the other. */
export interface SseServer {
  baseUrl: string;
  /** The `Last-Event-ID` of each connection so far. */
  resumedFrom: (string | undefined)[];
  /** How many of its connections have been closed from the other side or by us. */
  closed: number;
  stop(): Promise<void>;
}

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** @param answers one per connection; the last one repeats. */
export async function startSseServer(...answers: Answer[]): Promise<SseServer> {
  const sse: SseServer = { baseUrl: "", resumedFrom: [], closed: 0, stop: () => stop(server) };
  const server = createServer((request, response) => {
    const last = request.headers["last-event-id"];
    sse.resumedFrom.push(Array.isArray(last) ? last[0] : last);
    response.on("close", () => sse.closed++);
    answers[Math.min(sse.resumedFrom.length, answers.length) - 1]?.(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no address");
  sse.baseUrl = `http://127.0.0.1:${address.port}`;
  return sse;
}

const stop = async (server: Server): Promise<void> => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
};

/** Answers with a stream of these blocks and leaves it open. */
export const stream =
  (...blocks: string[]): Answer =>
  (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.flushHeaders();
    for (const block of blocks) response.write(block);
  };

/** Answers with a stream of these blocks and ends it in good order. */
export const wholeStream =
  (...blocks: string[]): Answer =>
  (response, request) => {
    stream(...blocks)(response, request);
    response.end();
  };
