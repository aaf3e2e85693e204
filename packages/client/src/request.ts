import type { Endpoint } from "@steward/contract/endpoint";

/** What a call consists of before it is an HTTP request. */
export interface RequestParts {
  params?: Readonly<Record<string, unknown>>;
  query?: Readonly<Record<string, unknown>>;
  headers?: Readonly<Record<string, unknown>>;
  body?: unknown;
  /** Instead of a body: a file's bytes, all of them or as they come. */
  content?: Blob | ReadableStream<Uint8Array>;
}

/** Where the API is and how to prove who asks. */
export interface Target {
  baseUrl: string;
  authorization: string | undefined;
}

/**
 * Reads a base address. User-info becomes Basic authentication, because `fetch` refuses addresses that carry it and
 * because that is how a client that knows only an address proves itself. The rest is kept, path prefix included.
 */
export function parseBaseUrl(baseUrl: string): Target {
  const match = /^(https?:\/\/)([^/@]*)@(.*)$/i.exec(baseUrl);
  const [, scheme = "", userInfo = "", rest = baseUrl] = match ?? [];
  const authorization = match === null ? undefined : `Basic ${btoa(decodeURIComponent(userInfo))}`;
  return { baseUrl: `${scheme}${rest}`.replace(/\/+$/, ""), authorization };
}

/** The address and `fetch` options of a call. Path parameters are encoded; undefined fields are left out. */
export function buildRequest(
  target: Target,
  endpoint: Endpoint,
  { params = {}, query = {}, headers = {}, body, content }: RequestParts,
): { url: string; init: RequestInit & { headers: Record<string, string> } } {
  const path = endpoint.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined) throw new TypeError(`${endpoint.path} needs the parameter ${name}`);
    return encodeURIComponent(String(value));
  });
  const search = new URLSearchParams(present(query)).toString();
  const all = present(headers);
  if (target.authorization !== undefined) all.authorization = target.authorization;
  if (body !== undefined) all["content-type"] = "application/json";
  else if (content !== undefined) all["content-type"] = "application/octet-stream";
  return {
    url: `${target.baseUrl}${path}${search === "" ? "" : `?${search}`}`,
    init: {
      method: endpoint.method.toUpperCase(),
      headers: all,
      ...(body === undefined ? content !== undefined && { body: content } : { body: JSON.stringify(body) }),
      // What comes as it comes is sent as it comes; `fetch` wants to be told so.
      ...(content instanceof ReadableStream && { duplex: "half" }),
      // The API never redirects; whoever does must not be shown the token.
      redirect: "error",
    },
  };
}

const present = (fields: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, String(value)]),
  );
