import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { RESPONSE_HEADERS } from "../security/response-headers.ts";
import { ANSWERED_DIRECTLY } from "./answered-directly.ts";
import type { ApiEnv } from "./api-env.ts";

/**
 * Answers with JSON and the headers that every answer has. On a socket it is written at once: a web Response would be
 * read back piece by piece to find out that it is whole, which takes longer than most handlers do. In-process it is a
 * Response as usual.
 */
export function jsonAnswer(
  c: Context<ApiEnv>,
  body: unknown,
  status: ContentfulStatusCode,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const outgoing = c.env?.outgoing;
  if (outgoing === undefined) {
    const response = c.json(body, status, { ...RESPONSE_HEADERS, ...headers });
    c.set("hasHeaders", true);
    return response;
  }
  const text = JSON.stringify(body);
  outgoing.writeHead(status, {
    ...RESPONSE_HEADERS,
    ...headers,
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
  });
  outgoing.end(text);
  // Not before: when any of it fails, the answer is the error's, which has no headers yet.
  c.set("hasHeaders", true);
  return ANSWERED_DIRECTLY;
}
