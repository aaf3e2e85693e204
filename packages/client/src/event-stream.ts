import { createParser } from "eventsource-parser";
import { ApiError, ApiUnreachable } from "./api-error.ts";
import { readError } from "./response.ts";

export interface ReceivedEvent<Event> {
  /** Resumes behind this event when handed in as `lastEventId`; null until the server has committed something. */
  id: string | null;
  event: Event;
}

export interface EventStreamOptions {
  /** Resume behind this id. */
  lastEventId?: string | null;
  signal?: AbortSignal;
  /** Tells of each connection made and lost; for banners and logs. */
  onConnection?: (state: ConnectionState) => void;
  /** Silence after which the connection counts as dead; the server sends a comment every 15 s. Default 45 s. */
  silenceTimeoutMs?: number;
}

export type ConnectionState =
  | { connected: true }
  /** `error` is null when the server ended the stream in good order. */
  | { connected: false; error: Error | null; retryInMs: number };

interface Source {
  schema: { safeParse(value: unknown): { success: true; data: unknown } | { success: false } };
  connect(headers: Record<string, string>, signal: AbortSignal): Response | Promise<Response>;
  options: EventStreamOptions;
}

const DEFAULT_SILENCE_TIMEOUT_MS = 45_000;
const DEFAULT_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 15_000;
/** Characters; an event is never near it. */
const LARGEST_EVENT = 33_554_432;

/** Where a stream stands, across connections. */
interface Progress {
  lastEventId: string | null;
  retryMs: number;
  finished: boolean;
  /** Connections in a row that brought nothing. */
  failures: number;
}

/** See `Client.streamEvents`. */
export async function* readEvents(source: Source): AsyncGenerator<ReceivedEvent<never>, void, undefined> {
  const { signal, onConnection } = source.options;
  const progress: Progress = {
    lastEventId: source.options.lastEventId ?? null,
    retryMs: DEFAULT_RETRY_MS,
    finished: false,
    failures: 0,
  };
  while (!isAborted(signal)) {
    let lost: Error | null = null;
    try {
      yield* readConnection(source, progress);
    } catch (error) {
      if (error instanceof ApiError && isLasting(error)) throw error;
      lost = error instanceof Error ? error : new ApiUnreachable(error);
    }
    if (progress.finished || isAborted(signal)) return;
    progress.failures++;
    const retryInMs = retryDelayMs(progress);
    onConnection?.({ connected: false, error: lost, retryInMs });
    await pause(retryInMs, signal);
  }
}

/** One connection, to its end. Throws when it breaks; returns when the server has ended it. */
async function* readConnection(
  source: Source,
  progress: Progress,
): AsyncGenerator<ReceivedEvent<never>, void, undefined> {
  const { signal, onConnection, silenceTimeoutMs = DEFAULT_SILENCE_TIMEOUT_MS } = source.options;
  const connection = new AbortController();
  const abort = (): void => connection.abort(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  let watchdog: ReturnType<typeof setTimeout> | undefined;
  const alive = (): void => {
    clearTimeout(watchdog);
    watchdog = setTimeout(
      () => connection.abort(new Error(`No byte for ${silenceTimeoutMs} ms`)),
      silenceTimeoutMs,
    );
  };
  try {
    alive();
    const resume: Record<string, string> =
      progress.lastEventId === null ? {} : { "last-event-id": progress.lastEventId };
    const response = await untilAborted(source.connect(resume, connection.signal), connection.signal);
    if (response.status === 204) {
      progress.finished = true;
      return;
    }
    if (!response.ok) throw await readError(response);
    if (response.body === null) return;
    alive();
    onConnection?.({ connected: true });

    const arrived: ReceivedEvent<never>[] = [];
    const parser = createParser({
      maxBufferSize: LARGEST_EVENT,
      onRetry: (retryMs) => {
        progress.retryMs = retryMs;
      },
      onEvent: ({ id, data }) => {
        if (id !== undefined && id !== "") progress.lastEventId = id;
        // An id alone: what was sent before is committed now.
        if (data === "") return;
        const received = parseEvent(source, data, progress);
        if (received !== null) arrived.push(received);
      },
    });
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    try {
      while (!progress.finished) {
        const { done, value } = await untilAborted(reader.read(), connection.signal);
        if (done) return;
        // While the consumer works on what arrived, silence says nothing about the connection.
        clearTimeout(watchdog);
        progress.failures = 0;
        parser.feed(decoder.decode(value, { stream: true }));
        yield* arrived.splice(0);
        alive();
      }
    } finally {
      // Also when the consumer stops early. Nothing is left to be told about this connection.
      reader.cancel().catch(() => undefined);
    }
  } finally {
    clearTimeout(watchdog);
    signal?.removeEventListener("abort", abort);
    connection.abort();
  }
}

/** Null for an event that this version does not know. */
function parseEvent(source: Source, data: string, progress: Progress): ReceivedEvent<never> | null {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  // Even a `final` event that cannot be read ends the stream: asking again would bring the same.
  if (typeof value === "object" && value !== null && "type" in value && value.type === "final")
    progress.finished = true;
  const parsed = source.schema.safeParse(value);
  // The caller's record says what the schema yields; here it is only passed on.
  return parsed.success ? { id: progress.lastEventId, event: parsed.data as never } : null;
}

const isAborted = (signal: AbortSignal | undefined): boolean => signal?.aborted === true;

/** A refusal that asking again will not change. */
const isLasting = ({ status, code }: ApiError): boolean =>
  status >= 400 && status < 500 && status !== 408 && status !== 429 && code !== "invalid_response";

/** The server's own `retry:` at first, then doubling; the random part keeps many clients from coming back at once. */
const retryDelayMs = ({ retryMs, failures }: Progress): number =>
  Math.round(
    Math.min(retryMs * 2 ** (failures - 1), Math.max(retryMs, LONGEST_RETRY_MS)) * (1 - Math.random() * 0.3),
  );

/** Resolves after `ms`, or as soon as `signal` aborts. */
const pause = (ms: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    signal?.addEventListener("abort", finish, { once: true });
  });

/** An in-process `fetch` may not heed its signal, and a read never does. */
const untilAborted = <Value>(work: Value | Promise<Value>, signal: AbortSignal): Promise<Value> =>
  new Promise((resolve, reject) => {
    const abort = (): void => reject(new ApiUnreachable(signal.reason));
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
    // Waited for in any case: its own failure after an abort is nobody's news.
    Promise.resolve(work)
      .then(resolve, (error: unknown) =>
        reject(error instanceof ApiError ? error : new ApiUnreachable(error)),
      )
      .finally(() => signal.removeEventListener("abort", abort));
  });
