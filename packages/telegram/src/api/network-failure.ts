import type { NetworkFailure } from "./errors.ts";

/** `getaddrinfo` codes: the name was not resolved, so no byte left the machine. */
const DNS_CODES = new Set(["ENOTFOUND", "EAI_AGAIN", "EAI_NODATA", "EAI_NONAME", "EAI_FAIL"]);

/**
 * Reads what `fetch` threw. Everything else than a refused connection or an unresolved name counts as possibly sent:
 * a reset or a timeout may come after the server accepted the request.
 */
export function readNetworkFailure(error: unknown): { reason: NetworkFailure; maybeSent: boolean } {
  const codes = collectCodes(error);
  if (codes.length > 0 && codes.every((code) => code === "ECONNREFUSED")) {
    return { reason: "refused", maybeSent: false };
  }
  if (codes.length > 0 && codes.every((code) => DNS_CODES.has(code))) {
    return { reason: "dns", maybeSent: false };
  }
  return { reason: "connection", maybeSent: true };
}

/**
 * A fresh error that says the same without the secret. `fetch` puts the address, and with it the token, into some of
 * its messages, and the original object would carry it into any log.
 */
export function withoutSecrets(error: unknown, redact: (text: string) => string): Error {
  const messages = collectErrors(error).map((item) => item.message);
  const message = [...new Set(messages)].filter((text) => text !== "").join(": ");
  const safe = new Error(redact(message === "" ? "the request failed" : message).slice(0, 500));
  const [code] = collectCodes(error);
  return code === undefined ? safe : Object.assign(safe, { code });
}

/** The codes of the innermost failures: with several addresses there is one per address tried. */
function collectCodes(error: unknown): string[] {
  return collectErrors(error).flatMap((item) => {
    const isLeaf = item.cause === undefined && !(item instanceof AggregateError);
    return isLeaf && "code" in item && typeof item.code === "string" ? [item.code] : [];
  });
}

function collectErrors(error: unknown, depth = 0): Error[] {
  if (!(error instanceof Error) || depth > 5) return [];
  const inner = error instanceof AggregateError ? error.errors : [];
  return [error, ...[error.cause, ...inner].flatMap((item) => collectErrors(item, depth + 1))];
}
