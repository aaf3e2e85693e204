import type { FetchFunction } from "@steward/client/client";
import { plainHeaders } from "../outbound/plain-headers.ts";

/**
 * `fetch` with the API's token. The token's file is written by the API at its first start, maybe after ours, and may be
 * replaced while we run: it is read when first needed and again after a refusal.
 *
 * @param readToken undefined while there is no token yet; may throw when its file must not be trusted
 */
export function createStewardFetch(deps: {
  readToken: () => string | undefined;
  fetch: FetchFunction;
}): FetchFunction {
  let token: string | undefined;
  return async (url, init) => {
    token ??= deps.readToken();
    if (token === undefined) throw new Error("the API has not made its token yet");
    const headers = { ...plainHeaders(init.headers), authorization: `Bearer ${token}` };
    const response = await deps.fetch(url, { ...init, headers });
    if (response.status === 401) token = undefined;
    return response;
  };
}
