const MAX_URL_UNITS = 2048;

/**
 * The address a link may open, or null when it must be shown as text instead.
 *
 * Telegram silently drops links to anything but http, https and tg, and to hosts without a dot (`http://localhost:3000`),
 * leaving the bare text; relative paths, `mailto:`, `tel:`, `javascript:`, `file:` are such cases.
 */
export function safeUrl(url: string): string | null {
  if (url.length > MAX_URL_UNITS || !URL.canParse(url)) return null;
  const { protocol, hostname, href } = new URL(url);
  // As written where possible; spaces and control characters only survive encoded.
  const kept = /[\s\p{C}]/u.test(url) ? href : url;
  if (protocol === "tg:") return kept;
  // "https:foo" parses, but means a host that nobody wrote.
  if (!/^https?:\/\//i.test(url)) return null;
  return hostname.includes(".") || hostname.startsWith("[") ? kept : null;
}

/** An address as a person would write it down. Telegram finds mail addresses and phone numbers in text by itself. */
export function readableAddress(url: string): string {
  return url.replace(/^(?:mailto|tel):/i, "");
}
