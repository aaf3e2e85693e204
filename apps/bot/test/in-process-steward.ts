import { DomainError, ERROR_STATUS } from "@steward/contract/errors";
import { readContractAnswer, readContractCall, routeOf } from "./contract-call.ts";
import type { FakeStewardCore } from "./fake-steward.ts";

/** `fetch` to a {@link FakeStewardCore} without a network, held to the contract's schemas on both ways. */
export function createInProcessSteward(
  steward: FakeStewardCore,
  line: { isUp: boolean },
): (url: string, init: RequestInit) => Promise<Response> {
  return async (address, init) => {
    if (!line.isUp) {
      throw new TypeError("fetch failed", {
        cause: Object.assign(new Error("down"), { code: "ECONNREFUSED" }),
      });
    }
    const url = new URL(address);
    const route = routeOf(init.method ?? "GET", url.pathname);
    const handler = route === undefined ? undefined : steward.handlers[route.name];
    if (route === undefined || handler === undefined) {
      return Response.json(
        { detail: `${url.pathname} is not answered here`, code: "not_found" },
        { status: 404 },
      );
    }
    try {
      const headers = Object.fromEntries(new Headers(init.headers));
      const { params, query, body } = readContractCall(route, { url, headers, text: String(init.body) });
      const { response, streamed } = openStream(init.signal ?? null);
      const value = handler({ params, query, body: body as never, response });
      if (value === undefined) return streamed();
      const answer = readContractAnswer(route, value);
      return Response.json(answer.body, { status: answer.status });
    } catch (error) {
      if (error instanceof DomainError) {
        return Response.json(
          { detail: error.message, code: error.code },
          { status: ERROR_STATUS[error.code] },
        );
      }
      return Response.json({ detail: String(error), code: "validation_failed" }, { status: 422 });
    }
  };
}

/** What a handler writes into, and the response that a reader gets of it. */
function openStream(signal: AbortSignal | null) {
  const encoder = new TextEncoder();
  const closed: (() => void)[] = [];
  let controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  let isOpen = true;
  const end = (): void => {
    if (!isOpen) return;
    isOpen = false;
    for (const tell of closed) tell();
  };
  const body = new ReadableStream<Uint8Array>({
    start: (started) => {
      controller = started;
    },
    cancel: end,
  });
  signal?.addEventListener("abort", end, { once: true });
  const response = {
    writeHead: () => response,
    write: (chunk: string) => {
      if (isOpen) controller?.enqueue(encoder.encode(chunk));
      return true;
    },
    on: (event: string, tell: () => void) => {
      if (event === "close") closed.push(tell);
      return response;
    },
    destroy: () => {
      if (isOpen) controller?.error(new TypeError("terminated"));
      end();
      return response;
    },
  };
  return {
    // As much of a server's response as handlers use.
    response: response as never,
    streamed: () => new Response(body, { headers: { "content-type": "text/event-stream" } }),
  };
}
