/**
 * Would Telegram keep this URL in a text link or a URL button? It silently drops a text link (and refuses a button)
 * whose host has no dot, such as `http://localhost:3000`, and knows http, https, tg and ton only: without `://` it
 * takes the text for a host, so `tel:+1…` is dropped and `mailto:a@b.c` becomes a broken http link.
 *
 * @returns why not, in the server's words, or undefined when the link is kept.
 */
export function linkProblem(url: string): string | undefined {
  if (url === "") return "URL host is empty";
  if (/^(tg|ton|tonsite):/i.test(url)) return undefined;
  const hasScheme = /^[a-z][\w+.-]*:\/\//i.test(url);
  if (hasScheme && !/^https?:\/\//i.test(url)) return "Unsupported URL protocol";
  if (!hasScheme && /^[a-z][\w+.-]*:(?!\d)/i.test(url)) return "Unsupported URL protocol";
  let host: string;
  try {
    host = new URL(hasScheme ? url : `http://${url}`).hostname;
  } catch (error) {
    return error instanceof TypeError ? "Disallowed character in URL host" : String(error);
  }
  if (host.startsWith("[")) return undefined;
  return host.includes(".") ? undefined : "Wrong HTTP URL";
}
