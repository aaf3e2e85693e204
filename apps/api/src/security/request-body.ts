import type { Context } from "hono";
import type { ApiEnv } from "../http/api-env.ts";

const MIB = 1_048_576;
/** A prompt may be 1 MiB of UTF-8; a client that escapes everything outside ASCII needs up to twice that and more. */
const DEFAULT_LIMIT_BYTES = 4 * MIB;
const LIMIT_BYTES_BY_PATH: Readonly<Record<string, number>> = {
  /** A batch of a hundred updates, each classified and raw. */
  "/api/v1/inbox": 16 * MIB,
  /** As many memories as a bot may have, of 3,000 bytes each. */
  "/api/v1/memory-import": 32 * MIB,
  "/mcp": MIB / 4,
};

export const bodyLimitBytes = (path: string): number => LIMIT_BYTES_BY_PATH[path] ?? DEFAULT_LIMIT_BYTES;

/** HTTP/1.1 announces a body by one of two headers; called in-process there may be a body without either. */
export function hasBody(c: Context<ApiEnv>): boolean {
  if (c.req.header("transfer-encoding") !== undefined) return true;
  const length = c.req.header("content-length");
  if (length !== undefined) return length !== "0";
  return c.env?.incoming === undefined && c.req.raw.body !== null;
}

export const isJson = (contentType: string | undefined): boolean =>
  contentType !== undefined && /^application\/json\s*(;|$)/i.test(contentType);

/** A file's own type, or none in particular; not what a page's form or script may send without asking first. */
export const isUploadType = (contentType: string | undefined): boolean =>
  contentType !== undefined &&
  /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+\s*(;|$)/.test(contentType) &&
  !/^(multipart\/|text\/plain|application\/x-www-form-urlencoded)/i.test(contentType);

/** The body as text; null when it is larger than the limit, of which no more than the limit is ever held. */
export async function readBody(c: Context<ApiEnv>, limitBytes: number): Promise<string | null> {
  const announced = c.req.header("content-length");
  // Node's parser holds the sender to the length that was announced.
  if (announced !== undefined) return Number(announced) > limitBytes ? null : c.req.text();
  if (c.req.raw.body === null) return "";
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Left open when it is too much: cancelling would cut the connection before the refusal has gone out.
  const reader = c.req.raw.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks).toString("utf8");
    bytes += value.byteLength;
    if (bytes > limitBytes) return null;
    chunks.push(value);
  }
}
