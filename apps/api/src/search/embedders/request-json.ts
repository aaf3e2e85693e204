import { type ClientRequest, type IncomingMessage, request as requestHttp } from "node:http";
import { EmbedderError } from "@steward/core/search/embedder";
import type { Clock } from "@steward/platform/clock";

interface JsonAnswer {
  readonly status: number;
  /** Undefined where there was something else than JSON. */
  readonly body: unknown;
}

/** 2,048 vectors of 4,096 numbers would be more; nobody asks for as many. */
const MAX_ANSWER_BYTES = 64 * 1_048_576;

/**
 * One request, and its answer read whole. Not with `fetch`, whose loading alone takes megabytes of a service at rest. Goes
 * where it is told and nowhere else: a redirection is an answer like any other.
 *
 * @param options.body sent as JSON by POST; without it, it is a GET
 * @throws EmbedderError `unavailable` when there is no answer in time
 */
export const requestJson = async (
  url: string,
  options: {
    body?: unknown;
    headers?: Record<string, string>;
    timeoutMs: number;
    signal: AbortSignal;
    clock: Pick<Clock, "setTimer">;
  },
): Promise<JsonAnswer> => {
  // Most go without it, and then need not load it.
  const begin = url.startsWith("https:") ? (await import("node:https")).request : requestHttp;
  return await new Promise((resolve, reject) => {
    const { signal, timeoutMs } = options;
    const host = new URL(url).host;
    let sent: ClientRequest | null = null;
    const finish = (settle: () => void): void => {
      timer.cancel();
      signal.removeEventListener("abort", giveUp);
      settle();
    };
    const fail = (why: string, cause?: unknown): void => {
      finish(() => reject(new EmbedderError("unavailable", `${host}: ${why}`, cause)));
      sent?.destroy();
    };
    const giveUp = (): void => fail("not waited for any longer");
    const timer = options.clock.setTimer(timeoutMs, () => fail(`no answer in ${timeoutMs / 1000} s`));
    if (signal.aborted) return giveUp();
    signal.addEventListener("abort", giveUp, { once: true });

    const payload = options.body === undefined ? null : Buffer.from(JSON.stringify(options.body));
    sent = begin(url, {
      method: payload === null ? "GET" : "POST",
      // A connection of its own: one that was kept may have been closed by the server meanwhile.
      agent: false,
      headers: {
        accept: "application/json",
        ...(payload !== null && { "content-type": "application/json", "content-length": payload.length }),
        ...options.headers,
      },
    });
    sent.once("error", (error: NodeJS.ErrnoException) => fail(error.code ?? error.message, error));
    sent.once("response", (response) => {
      readAll(response).then(
        (bytes) => finish(() => resolve({ status: response.statusCode ?? 0, body: parse(bytes) })),
        (error: unknown) => fail(error instanceof Error ? error.message : String(error), error),
      );
    });
    sent.end(payload);
  });
};

async function readAll(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new Error("the answer is too long");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8")) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
