import type { HttpBindings } from "@hono/node-server";
import { ANSWERED_DIRECTLY } from "../http/answered-directly.ts";

/** Where a streamed answer goes: a socket, or whoever called the app in-process. */
export interface StreamSink {
  /** The answer to hand to the framework. Call it once, when `head` may go out. */
  respond(headers: Record<string, string>): Response;
  write(text: string): void;
  /** What the reader has not taken yet. */
  bufferedBytes(): number;
  end(): void;
  /** The reader is given up. */
  destroy(): void;
}

type Outgoing = HttpBindings["outgoing"];

/**
 * Writes into Node's own response. A web stream in between would pass every piece on by a few promises, so that a word
 * waits until whatever came with it (an answer's end and its commit) is done; here it is with the kernel when `write`
 * returns.
 */
export function createSocketSink(outgoing: Outgoing, options: { closeDelimited: boolean }): StreamSink {
  if (options.closeDelimited) outgoing.removeHeader("transfer-encoding");
  let early = "";
  return {
    respond: (headers) => {
      outgoing.writeHead(200, headers);
      // The head goes out with the first words, in one packet, or alone at once.
      if (early === "") outgoing.flushHeaders();
      else outgoing.write(early);
      early = "";
      return ANSWERED_DIRECTLY;
    },
    // Until the head is out, all may still turn into an error's answer.
    write: (text) => {
      if (!outgoing.headersSent) {
        early += text;
        return;
      }
      outgoing.write(text);
      // Node gathers what is written until the next tick, and so behind whatever else this one has to do.
      outgoing.socket?.uncork();
    },
    bufferedBytes: () => outgoing.writableLength,
    end: () => void outgoing.end(),
    destroy: () => void outgoing.destroy(),
  };
}

/** A web stream, for callers without a socket. */
export function createBodySink(options: { onCancel: () => void }): StreamSink {
  const encoder = new TextEncoder();
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>(
    {
      start: (streamController) => {
        controller = streamController;
      },
      cancel: options.onCancel,
    },
    new ByteLengthQueuingStrategy({ highWaterMark: 0 }),
  );
  return {
    respond: (headers) => new Response(body, { headers }),
    write: (text) => controller?.enqueue(encoder.encode(text)),
    bufferedBytes: () => -(controller?.desiredSize ?? 0),
    end: () => controller?.close(),
    destroy: () => controller?.error(new Error("the reader is too slow")),
  };
}
