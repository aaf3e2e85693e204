import { Agent, type IncomingMessage, request } from "node:http";

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * `fetch`, except that a post of text over plain HTTP goes through Node's own client on connections that are kept: to the
 * API, and to a Bot API server of one's own. `fetch` takes longer for itself than such an exchange on one machine takes
 * otherwise (1.6 ms and 0.8 ms), and a person waits for several with every message. No redirect is followed.
 */
export function createQuickFetch(fetch: Fetch): Fetch {
  const agent = new Agent({ keepAlive: true });
  return (url, init) => {
    const { method, body, signal, headers } = init;
    if (method !== "POST" || typeof body !== "string" || !url.startsWith("http://")) return fetch(url, init);
    return new Promise<Response>((resolve, reject) => {
      const options = { agent, method, headers: headersOf(headers, body), ...(signal && { signal }) };
      const exchange = request(url, options, (answer) => {
        readAnswer(answer).then(resolve, reject);
      });
      exchange.on("error", reject).end(body);
    });
  };
}

const headersOf = (headers: RequestInit["headers"], body: string): Record<string, string | number> => ({
  ...Object.fromEntries(new Headers(headers)),
  "content-length": Buffer.byteLength(body),
});

async function readAnswer(answer: IncomingMessage): Promise<Response> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  const status = answer.statusCode ?? 0;
  const text = Buffer.concat(chunks).toString();
  return new Response(status === 204 || status === 304 ? null : text, { status });
}
