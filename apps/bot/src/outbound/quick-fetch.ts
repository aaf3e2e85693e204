import { Agent, type IncomingMessage, request } from "node:http";
import { plainHeaders } from "./plain-headers.ts";

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
  ...plainHeaders(headers),
  "content-length": Buffer.byteLength(body),
});

/** Rejects when the connection breaks before the end. */
const readAnswer = (answer: IncomingMessage): Promise<Response> =>
  new Promise((resolve, reject) => {
    let text = "";
    answer.setEncoding("utf8");
    answer.on("data", (chunk: string) => {
      text += chunk;
    });
    answer.on("end", () => resolve(new TextResponse(text, answer.statusCode ?? 0)));
    answer.on("error", reject);
  });

/** A response whose text is there: to make a stream of it, and to read that, takes four times as long. */
class TextResponse extends Response {
  override readonly text: () => Promise<string>;
  override readonly json: () => Promise<unknown>;

  constructor(text: string, status: number) {
    super(null, { status });
    this.text = () => Promise.resolve(text);
    this.json = () => this.text().then((json): unknown => JSON.parse(json));
  }
}
