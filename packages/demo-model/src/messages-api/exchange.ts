import { once } from "node:events";
import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { type ApiFailure, toErrorBody } from "./api-error.ts";
import {
  createStreamWriter,
  createWholeWriter,
  type MessageHead,
  type MessageWriter,
} from "./message-writer.ts";
import type { MessagesRequest } from "./messages-request.ts";
import { encodeStreamEvent } from "./stream-event.ts";

/** The reader hung up; whoever was writing stops. Not a failure of ours. */
export class ClientGone extends Error {
  override readonly name = "ClientGone";
}

/** One HTTP request as it came, before anything was judged. */
export interface IncomingCall {
  readonly method: string;
  /** Without the query string (clients send `?beta=true`). */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface BeginOptions {
  readonly inputTokens: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A valid `POST /v1/messages` and its answer: exactly one of `fail`, `begin` … `finish`, `failMidway`, `drop`. */
export class Exchange {
  readonly call: IncomingCall;
  readonly request: MessagesRequest;
  readonly requestId: string;
  /** Aborts when the client hangs up (or the server closes) before the answer is complete. */
  readonly signal: AbortSignal;
  readonly #response: ServerResponse;
  readonly #messageId: string;

  constructor(deps: {
    call: IncomingCall;
    request: MessagesRequest;
    requestId: string;
    messageId: string;
    response: ServerResponse;
  }) {
    this.call = deps.call;
    this.request = deps.request;
    this.requestId = deps.requestId;
    this.#messageId = deps.messageId;
    this.#response = deps.response;
    const gone = new AbortController();
    this.signal = gone.signal;
    deps.response.once("close", () => {
      if (!deps.response.writableFinished) gone.abort(new ClientGone("the client hung up"));
    });
  }

  get started(): boolean {
    return this.#response.headersSent;
  }

  /** Answers with an error body. Only before `begin`. */
  fail(failure: ApiFailure): void {
    sendFailure(this.#response, failure, this.requestId);
  }

  /**
   * Starts the answer. With `stream: true` the first byte leaves at once; with `stream: false` everything leaves
   * at `finish`.
   */
  async begin(options: BeginOptions): Promise<MessageWriter> {
    const head: MessageHead = {
      id: this.#messageId,
      model: this.request.model,
      inputTokens: options.inputTokens,
    };
    if (!this.request.stream) {
      return createWholeWriter(head, async (message) => {
        sendJson(this.#response, 200, message, options.headers);
      });
    }
    this.#response.writeHead(200, {
      ...options.headers,
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache",
    });
    const writer = await createStreamWriter(head, (event) => this.#write(encodeStreamEvent(event)));
    return {
      ...writer,
      finish: async (finishOptions) => {
        await writer.finish(finishOptions);
        this.#response.end();
      },
    };
  }

  /** An SSE `error` event in the middle of a stream, then the end of it. Only after `begin` of a stream. */
  async failMidway(failure: ApiFailure): Promise<void> {
    await this.#write(encodeStreamEvent(toErrorBody(failure)));
    this.#response.end();
  }

  /** Tears the connection down, at whatever point the answer is. */
  drop(): void {
    this.#response.destroy();
  }

  async #write(chunk: string): Promise<void> {
    if (this.#response.destroyed) throw new ClientGone("the client hung up");
    if (this.#response.write(chunk)) return;
    try {
      await once(this.#response, "drain", { signal: this.signal });
    } catch (error) {
      if (this.signal.aborted) throw new ClientGone("the client hung up", { cause: error });
      throw error;
    }
  }
}

export function sendFailure(response: ServerResponse, failure: ApiFailure, requestId: string): void {
  sendJson(response, failure.status, toErrorBody(failure, requestId), failure.headers);
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    ...headers,
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(text)),
  });
  response.end(text);
}
