/** What a browser says about where a request comes from. */
export interface BrowserHeaders {
  origin: string | undefined;
  /** `Sec-Fetch-Site` */
  site: string | undefined;
  /** The Host header, already found allowed. */
  host: string;
}

/**
 * Refuses what another page makes the browser do (threat T7). Both headers are judged, each when present; neither can
 * be forged by a page. Clients that are no browsers send none: they pass here because their token is in a header that
 * no page can set without a preflight, which we never grant.
 *
 * `same-site` is refused as well: for a browser, another port of this machine is the same site.
 */
export function isOwnOrigin({ origin, site, host }: BrowserHeaders, method: string): boolean {
  const reads = method === "GET" || method === "HEAD";
  // "none": the person typed the address or opened a bookmark.
  const siteFits = site === undefined || site === "same-origin" || (site === "none" && reads);
  const originFits = origin === undefined || origin === `http://${host}` || origin === `https://${host}`;
  return siteFits && originFits;
}

/** Whether it says anything at all. What a browser sends unasked, its cookies, counts only when it does. */
export const saysWhereFrom = ({ origin, site }: BrowserHeaders): boolean =>
  origin !== undefined || site !== undefined;
