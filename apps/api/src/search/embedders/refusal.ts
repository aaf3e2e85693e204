import { EmbedderError } from "@steward/core/search/embedder";

/** Ollama says it with 400, 413 or 500, depending on its version; others in words of their own. */
const TOO_LONG =
  /(?:exceed|too (?:long|large)|longer than|maximum).*(?:context|token|length|input)|context length/i;
const MAX_REASON_CHARS = 200;

/** What a status other than 200 means. Its words are shown to the owner, cut, and never those of a proxy's page. */
export const refusalOf = (status: number, body: unknown): EmbedderError => {
  const reason = reasonIn(body);
  const message = `HTTP ${status}${reason === "" ? "" : `: ${reason.slice(0, MAX_REASON_CHARS)}`}`;
  if (status === 413 || TOO_LONG.test(reason)) return new EmbedderError("too_long", message);
  // Later perhaps: too much to do, or nobody behind the proxy.
  const isBusy = status === 408 || status === 429 || status === 502 || status === 503 || status === 504;
  return new EmbedderError(isBusy ? "unavailable" : "refused", message);
};

/** `{error: "…"}` is Ollama's form, `{error: {message}}` OpenAI's. */
function reasonIn(body: unknown): string {
  if (typeof body !== "object" || body === null || !("error" in body)) return "";
  const { error } = body;
  if (typeof error === "string") return error;
  if (typeof error !== "object" || error === null || !("message" in error)) return "";
  return typeof error.message === "string" ? error.message : "";
}
