import type {
  ApiFailure,
  Conversation,
  IncomingCall,
  MessagesRequest,
} from "@steward/demo-model/messages-api";

/** One HTTP call of the client, in the order of arrival. */
export interface RecordedRequest extends IncomingCall {
  /** From 1. */
  readonly number: number;
  /** UTC milliseconds. */
  readonly at: number;
  /**
   * `title` and `compaction` are requests of the CLI's own, answered without script and directives; `other` is all
   * that is not a valid `POST /v1/messages`: HEAD, count_tokens, unknown routes, refused requests.
   */
  readonly kind: "turn" | "title" | "compaction" | "other";
  /** The CLI's session, from its `x-claude-code-session-id` header. */
  readonly sessionId: string | null;
  /** Null unless it was a valid `POST /v1/messages`. */
  readonly request: MessagesRequest | null;
  readonly conversation: Conversation | null;
  /** The words that had to be answered; empty when there are none. */
  readonly prompt: string;
}

/** A request the real API would have refused, or a directive that makes no sense: a test looks that there is none. */
export interface Violation {
  readonly call: IncomingCall;
  readonly message: string;
}

export interface Recorder {
  readonly requests: RecordedRequest[];
  readonly violations: Violation[];
  /** Resolves with the first recorded request, past or future, that matches; rejects after `timeoutMs`. */
  waitForRequest(
    matches: (request: RecordedRequest) => boolean,
    timeoutMs?: number,
  ): Promise<RecordedRequest>;
  record(entry: Omit<RecordedRequest, "number">): void;
  reset(): void;
}

const DEFAULT_WAIT_MS = 15_000;

/** @param keepLast how many requests to remember; each holds 50–130 KB. */
export function createRecorder(keepLast = Number.POSITIVE_INFINITY): Recorder {
  const requests: RecordedRequest[] = [];
  const violations: Violation[] = [];
  const watchers = new Set<(request: RecordedRequest) => void>();
  let recorded = 0;
  return {
    requests,
    violations,
    waitForRequest(matches, timeoutMs = DEFAULT_WAIT_MS) {
      const past = requests.find(matches);
      if (past !== undefined) return Promise.resolve(past);
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          watchers.delete(watch);
          const seen = requests.map((request) => `${request.kind} ${JSON.stringify(request.prompt)}`);
          reject(new Error(`no such request within ${timeoutMs} ms; seen: ${seen.join(", ") || "none"}`));
        }, timeoutMs);
        const watch = (request: RecordedRequest): void => {
          if (!matches(request)) return;
          clearTimeout(timer);
          watchers.delete(watch);
          resolve(request);
        };
        watchers.add(watch);
      });
    },
    record(entry) {
      recorded += 1;
      const request: RecordedRequest = { ...entry, number: recorded };
      requests.push(request);
      if (requests.length > keepLast) requests.shift();
      for (const watch of [...watchers]) watch(request);
    },
    reset() {
      requests.length = 0;
      violations.length = 0;
    },
  };
}

export function violationOf(call: IncomingCall, failure: ApiFailure): Violation {
  return { call, message: `${call.method} ${call.path}: ${failure.status} ${failure.message}` };
}
