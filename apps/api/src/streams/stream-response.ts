import type { Clock, Timer } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import type { Context } from "hono";
import type { ApiEnv } from "../http/api-env.ts";
import { RESPONSE_HEADERS } from "../security/response-headers.ts";
import type { OpenStreams } from "./open-streams.ts";
import { createBodySink, createSocketSink, type StreamSink } from "./stream-sink.ts";

/** The writing end of an answer that grows. After its end, whatever is written is dropped. */
export interface StreamWriter {
  write(text: string): void;
  end(): void;
  readonly ended: boolean;
}

export interface StreamResponseOptions {
  headers: Record<string, string>;
  /** Sent whenever nothing else was for this long. */
  keepAlive: { text: string; everyMs: number };
  /**
   * Ends the body by closing the connection instead of by chunks: a client then takes a cut for the end
   * (wire contract §4.1).
   */
  closeDelimited?: boolean;
  /** A reader that lets more than this pile up is dropped; what was written at the start does not count. */
  maxBufferedBytes?: number;
  /** Asked when the answer has ended while it was opened: true = nothing was said, the answer is 204. */
  isEmpty?: () => boolean;
  /** Says a last word when the service stops; must end the writer. Without it the stream just ends. */
  onServiceStop?: (writer: StreamWriter) => void;
  /** Exactly once: `complete` = everything, the end included, was handed to the operating system. */
  onClose?: (complete: boolean) => void;
}

export interface StreamDeps {
  clock: Clock;
  log: Logger;
  streams: OpenStreams;
}

const DEFAULT_MAX_BUFFERED_BYTES = 4 * 1_048_576;

/**
 * An answer written piece by piece, over a socket or in-process. `open` starts the writing, synchronously; what it
 * throws is thrown from here, before anything was sent. A client that goes away only closes the stream: whatever was
 * being told about goes on.
 */
export function streamResponse(
  c: Context<ApiEnv>,
  deps: StreamDeps,
  options: StreamResponseOptions,
  open: (writer: StreamWriter) => (() => void) | undefined,
): Response {
  const outgoing = c.env?.outgoing;
  const closeDelimited = options.closeDelimited === true;
  const maxBuffered = options.maxBufferedBytes ?? DEFAULT_MAX_BUFFERED_BYTES;
  let detach: (() => void) | undefined;
  let keepAlive: Timer | undefined;
  let ended = false;
  let closed = false;
  let opening = true;
  let burstBytes = 0;

  const release = (): void => {
    ended = true;
    keepAlive?.cancel();
    detach?.();
    detach = undefined;
  };
  const close = (complete: boolean): void => {
    if (closed) return;
    closed = true;
    release();
    deps.streams.delete(openStream);
    try {
      options.onClose?.(complete);
    } catch (error) {
      // An event of the socket: nobody above could catch it.
      deps.log.error({ err: error, complete }, "the end of an answer could not be recorded");
    }
  };
  const armKeepAlive = (): void => {
    keepAlive?.cancel();
    keepAlive = deps.clock.setTimer(options.keepAlive.everyMs, () => writer.write(options.keepAlive.text), {
      unref: true,
    });
  };
  const sink: StreamSink =
    outgoing === undefined
      ? createBodySink({ onCancel: () => close(false) })
      : createSocketSink(outgoing, { closeDelimited });

  const writer: StreamWriter = {
    write: (text) => {
      if (ended) return;
      const bytes = Buffer.byteLength(text);
      const buffered = sink.bufferedBytes();
      if (opening) burstBytes += bytes;
      else if (buffered <= 0) burstBytes = 0;
      if (buffered + bytes > maxBuffered + burstBytes) return drop();
      sink.write(text);
      armKeepAlive();
    },
    end: () => {
      if (ended) return;
      release();
      if (opening) return;
      endSink();
    },
    get ended() {
      return ended;
    },
  };
  const endSink = (): void => {
    sink.end();
    // Without a socket, whoever reads the stream has all of it.
    if (outgoing === undefined) close(true);
  };
  /** The reader is too slow. It can come back and resume. */
  const drop = (): void => {
    release();
    sink.destroy();
    if (outgoing === undefined) close(false);
  };
  // "close" is the last word of a response; by then "finish" has come, or never will.
  outgoing?.once("close", () => close(outgoing.writableFinished));

  const openStream = {
    end: () => (options.onServiceStop === undefined ? writer.end() : options.onServiceStop(writer)),
    cutOff: writer.end,
    webSessionId: c.get("webSession")?.id,
  };
  deps.streams.add(openStream);
  try {
    const detachOpened = open(writer);
    if (ended) detachOpened?.();
    else detach = detachOpened;
  } catch (error) {
    // The answer will be the error's, whole as it may be.
    close(false);
    throw error;
  }
  opening = false;
  if (ended && options.isEmpty?.() === true) {
    if (outgoing === undefined) close(true);
    return new Response(null, { status: 204 });
  }
  const response = sink.respond({
    ...RESPONSE_HEADERS,
    ...options.headers,
    ...(closeDelimited ? { connection: "close" } : {}),
  });
  c.set("hasHeaders", true);
  if (ended) endSink();
  else armKeepAlive();
  return response;
}
