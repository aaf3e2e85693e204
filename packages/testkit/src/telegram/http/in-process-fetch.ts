import { ApiError } from "../api-error.ts";
import type { IncomingCall, Reply } from "../dispatch.ts";
import { decodeBody } from "./request-body.ts";
import { asApiError, errorBody } from "./server.ts";

export interface InProcessDeps {
  call(incoming: IncomingCall): Promise<Reply>;
  isUp(): boolean;
}

/**
 * The Bot API without a network: a `fetch` that hands calls to the emulator in the same breath. With it, and a clock that
 * a test moves, whole days of a bot pass in a second, and always in the same way. Downloads go over the network.
 */
export function createInProcessFetch({ call, isUp }: InProcessDeps): typeof globalThis.fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const path = /^\/bot([^/]+)\/([^/]+)\/?$/.exec(url.pathname);
    if (path?.[1] === undefined || path[2] === undefined) throw new TypeError(`${url.pathname} is no method`);
    if (!isUp()) throw broken("ECONNREFUSED");
    const { contentType, body } = await readInit(init);
    const gone = init?.signal ?? new AbortController().signal;
    let reply: Reply;
    try {
      reply = await call({
        token: decodeURIComponent(path[1]),
        method: decodeURIComponent(path[2]),
        body: decodeBody(url.searchParams, contentType, body),
        signal: gone,
      });
    } catch (error) {
      if (gone.aborted) throw aborted(gone);
      reply = { kind: "error", error: asApiError(error) };
    }
    if (gone.aborted) throw aborted(gone);
    switch (reply.kind) {
      case "hang":
        return await new Promise<never>((_, reject) => {
          gone.addEventListener("abort", () => reject(aborted(gone)), { once: true });
        });
      case "disconnect":
        throw broken("ECONNRESET");
      case "html":
        return new Response(reply.html, {
          status: reply.status,
          headers: { "content-type": "text/html" },
        });
      case "result":
        return Response.json({ ok: true, result: reply.result });
      case "error":
        return Response.json(errorBody(reply.error), { status: reply.error.code });
    }
  };
}

/** What Node's own `fetch` throws when the line fails. */
const broken = (code: string): TypeError =>
  new TypeError("fetch failed", { cause: Object.assign(new Error(`the emulator: ${code}`), { code }) });

const aborted = ({ reason }: AbortSignal): Error =>
  reason instanceof Error ? reason : new DOMException("This operation was aborted", "AbortError");

async function readInit(init: RequestInit | undefined): Promise<{ contentType: string; body: Buffer }> {
  const body = init?.body ?? "";
  // Read at once where that is possible: a test's clock need not wait for streams.
  if (typeof body === "string") {
    const contentType = new Headers(init?.headers).get("content-type") ?? "";
    return { contentType, body: Buffer.from(body) };
  }
  if (!(body instanceof FormData)) throw new ApiError(400, "Bad Request: a body of this kind is not read");
  const encoded = new Response(body);
  const contentType = encoded.headers.get("content-type") ?? "";
  return { contentType, body: Buffer.from(await encoded.arrayBuffer()) };
}
