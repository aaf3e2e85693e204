import type { Clock, Timer } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import type { Context } from "hono";
import type { ApiEnv } from "../http/api-env.ts";
import type { OpenStreams } from "./open-streams.ts";

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
  const maxBuffered = options.maxBufferedBytes ?? DEFAULT_MAX_BUFFERED_BYTES;
  const encoder = new TextEncoder();
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
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

  const writer: StreamWriter = {
    write: (text) => {
      if (ended || controller === undefined) return;
      const bytes = encoder.encode(text);
      const buffered = -(controller.desiredSize ?? 0);
      if (opening) burstBytes += bytes.byteLength;
      else if (buffered <= 0) burstBytes = 0;
      if (buffered + bytes.byteLength > maxBuffered + burstBytes) return drop();
      controller.enqueue(bytes);
      armKeepAlive();
    },
    end: () => {
      if (ended) return;
      release();
      controller?.close();
      // Without a socket, whoever reads the stream has all of it.
      if (outgoing === undefined) close(true);
    },
    get ended() {
      return ended;
    },
  };
  /** The reader is too slow. It can come back and resume. */
  const drop = (): void => {
    release();
    if (outgoing !== undefined) {
      outgoing.destroy();
      return;
    }
    controller?.error(new Error("the reader is too slow"));
    close(false);
  };

  const body = new ReadableStream<Uint8Array>(
    {
      start: (streamController) => {
        controller = streamController;
      },
      cancel: () => {
        if (outgoing === undefined) close(false);
        else release();
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: 0 }),
  );
  if (options.closeDelimited === true) outgoing?.removeHeader("transfer-encoding");
  // "close" is the last word of a response; by then "finish" has come, or never will.
  outgoing?.once("close", () => close(outgoing.writableFinished));

  const openStream = {
    end: () => (options.onServiceStop === undefined ? writer.end() : options.onServiceStop(writer)),
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
  if (!ended) armKeepAlive();
  return new Response(body, {
    headers: { ...options.headers, ...(options.closeDelimited === true ? { connection: "close" } : {}) },
  });
}
