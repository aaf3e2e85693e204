import type { Endpoint, EndpointEvent, EndpointInput, EndpointResult } from "@steward/contract/endpoint";
import { ApiError, ApiUnreachable } from "./api-error.ts";
import { type EventStreamOptions, type ReceivedEvent, readEvents } from "./event-stream.ts";
import { buildRequest, parseBaseUrl, type RequestParts, type Target } from "./request.ts";
import { readError, readResult, successSchema } from "./response.ts";

export { ApiError, ApiUnreachable } from "./api-error.ts";
export type { ConnectionState, EventStreamOptions, ReceivedEvent } from "./event-stream.ts";

export interface ClientOptions {
  /**
   * Where the API is, with a path prefix if it has one, e.g. `http://127.0.0.1:8000`. `""` in a page that the API
   * itself serves. User-info (`http://any:<token>@host`) authenticates.
   */
  baseUrl: string;
  /** The API token. Without one, the address's user-info or a page's cookie has to do. */
  token?: string;
  /** Default: the platform's `fetch`. Tests hand in `app.request`. */
  fetch?: FetchFunction;
  /** How long a call may take until its answer has arrived. Default 30 s. */
  timeoutMs?: number;
}

export type FetchFunction = (url: string, init: RequestInit) => Response | Promise<Response>;

export interface CallOptions {
  signal?: AbortSignal;
  /** Overrides the client's; `Infinity` for calls that wait for a model. */
  timeoutMs?: number;
}

type Arguments<Input, Options> = object extends Input ? [input?: Input & Options] : [input: Input & Options];

export interface Client {
  /**
   * Calls an endpoint and resolves with its checked answer.
   *
   * @throws ApiError when the API refuses, or answers something else than the record promises
   * @throws ApiUnreachable when there is no answer; the reason of `signal` when it aborts
   */
  call<Record extends Endpoint>(
    endpoint: Record,
    ...[input]: Arguments<EndpointInput<Record>, CallOptions>
  ): Promise<EndpointResult<Record>>;

  /**
   * Like `call`, for an endpoint that takes a file's bytes. A Blob of a file on disk (`openAsBlob` of `node:fs`) is
   * streamed, and so is a stream, which can be sent once. Give it time: the default is that of a call.
   */
  upload<Record extends Endpoint>(
    endpoint: Record,
    input: EndpointInput<Record> & CallOptions & { content: Blob | ReadableStream<Uint8Array> },
  ): Promise<EndpointResult<Record>>;

  /** The bytes of an endpoint that answers with a file. Throws as `call`. */
  download<Record extends Endpoint>(
    endpoint: Record,
    input: EndpointInput<Record> & CallOptions,
  ): Promise<Blob>;

  /**
   * The events of a streaming endpoint, across as many connections as it takes: it reconnects after losses, after
   * 45 s without a byte and after the server's own end, resuming behind the last id. Ends after an event of type
   * `final`, when the server has nothing more (204), or quietly when `signal` aborts. Events that the schema does not
   * know are skipped.
   *
   * @throws ApiError when the API refuses in a way that asking again does not change (4xx)
   */
  streamEvents<Record extends Endpoint>(
    endpoint: Record,
    ...[input]: Arguments<EndpointInput<Record>, EventStreamOptions>
  ): AsyncGenerator<ReceivedEvent<EndpointEvent<Record>>, void, undefined>;
}

const DEFAULT_TIMEOUT_MS = 30_000;

/** One typed call per endpoint record, for browser and Node. */
export function createClient(options: ClientOptions): Client {
  const fetchFunction: FetchFunction = options.fetch ?? ((url, init) => fetch(url, init));
  const base = parseBaseUrl(options.baseUrl);
  const target: Target = {
    baseUrl: base.baseUrl,
    authorization: options.token === undefined ? base.authorization : `Bearer ${options.token}`,
  };

  /** One exchange, to the last byte that `read` takes of a good answer. */
  const exchange = async <Result>(
    endpoint: Endpoint,
    input: RequestParts & CallOptions,
    read: (response: Response) => Promise<Result>,
  ): Promise<Result> => {
    const { url, init } = buildRequest(target, endpoint, input);
    const deadline = deadlineSignal(input.timeoutMs ?? options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    const signals = [input.signal, deadline].filter((signal) => signal !== undefined);
    try {
      const response = await fetchFunction(url, { ...init, signal: AbortSignal.any(signals) });
      if (!response.ok) throw await readError(response);
      return await read(response);
    } catch (error) {
      throw asFailure(error, input.signal);
    }
  };

  const call = async (endpoint: Endpoint, input: RequestParts & CallOptions = {}): Promise<unknown> => {
    const schema = successSchema(endpoint, "application/json");
    const { status, text } = await exchange(endpoint, input, async (response) => ({
      status: response.status,
      text: await response.text(),
    }));
    return readResult(schema, status, text);
  };

  // The records' types are worked out in the interface; inside, parts are parts.
  return {
    call: call as Client["call"],
    upload: call as Client["upload"],
    download: (endpoint, input) => exchange(endpoint, input, (response) => response.blob()),
    streamEvents: ((endpoint: Endpoint, input: RequestParts & EventStreamOptions = {}) =>
      readEvents({
        schema: successSchema(endpoint, "text/event-stream"),
        connect: (headers, signal) => {
          const { url, init } = buildRequest(target, endpoint, {
            ...input,
            headers: { ...input.headers, accept: "text/event-stream", ...headers },
          });
          return fetchFunction(url, { ...init, signal });
        },
        options: input,
      })) as Client["streamEvents"],
  };
}

const deadlineSignal = (timeoutMs: number): AbortSignal | undefined =>
  Number.isFinite(timeoutMs) ? AbortSignal.timeout(timeoutMs) : undefined;

const asFailure = (error: unknown, signal: AbortSignal | undefined): unknown => {
  if (error instanceof ApiError) return error;
  return signal?.aborted === true ? signal.reason : new ApiUnreachable(error);
};
