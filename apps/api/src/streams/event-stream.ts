import type { Context } from "hono";
import type { ApiEnv } from "../http/api-env.ts";
import { type StreamDeps, type StreamWriter, streamResponse } from "./stream-response.ts";

/** Text deltas closer together than this become one event. */
export const COALESCE_WINDOW_MS = 40;
const HEARTBEAT_MS = 15_000;
const RETRY_MS = 1_000;

export interface EventWriter {
  /** @param id what the client resumes behind; null = not resumable yet. No data: only the id moves on. */
  send(id: string | null, data: unknown): void;
  end(): void;
}

/**
 * An answer of server-sent events: headers at once, a heartbeat comment every 15 s, never compressed. `open` returns
 * how to detach. When `open` ends the stream without an event, the answer is 204: there is nothing more to come.
 */
export function eventStream(
  c: Context<ApiEnv>,
  deps: StreamDeps,
  open: (writer: EventWriter) => () => void,
): Response {
  let sent = 0;
  const options = {
    headers: { "content-type": "text/event-stream; charset=utf-8", "x-accel-buffering": "no" },
    keepAlive: { text: ": ping\n\n", everyMs: HEARTBEAT_MS },
    isEmpty: () => sent === 0,
  };
  return streamResponse(c, deps, options, (stream: StreamWriter) => {
    stream.write(`retry: ${RETRY_MS}\n\n`);
    return open({
      send: (id, data) => {
        sent++;
        const idLine = id === null ? "" : `id: ${id}\n`;
        // A block without a data line is not dispatched, and not every parser notices its id.
        stream.write(`${idLine}data:${data === undefined ? "" : ` ${JSON.stringify(data)}`}\n\n`);
      },
      end: () => stream.end(),
    });
  });
}
