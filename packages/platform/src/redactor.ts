/** Takes secrets out of whatever is about to leave the process. */
export interface Redactor {
  /** The text with every known secret, and everything shaped like one, replaced by `[redacted]`. */
  redact(text: string): string;
  /** The same for a value of any shape: strings, keys, nested objects, errors with their stacks and causes. */
  redactValue(value: unknown): unknown;
  /** Registers a secret learnt later (a token made at first start). Shorter than 6 characters is ignored. */
  add(secret: string): void;
}

export const REDACTED = "[redacted]";

/** A shorter string would blank out ordinary words and numbers; no secret of ours is that short. */
const SHORTEST_SECRET = 6;
const DEEPEST_LEVEL = 8;

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // Bot API addresses carry the token in their path, under whatever root (a local server too).
  [/\bbot\d+(?::|%3A)[\w-]+/gi, `bot${REDACTED}`],
  [/\b\d{6,}:[\w-]{30,}/g, REDACTED],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi, `$1 ${REDACTED}`],
  [/\bsk-ant-[\w-]+/g, REDACTED],
  // user:password@ inside an address
  [/(\/\/[^\s/:@"]*:)[^\s/@"]+@/g, `$1${REDACTED}@`],
];

/** @param secrets values known by heart; they are also found URL-encoded and JSON-escaped. */
export function createRedactor(secrets: readonly string[] = []): Redactor {
  let needles: string[] = [];

  const add = (secret: string): void => {
    if (secret.length < SHORTEST_SECRET) return;
    const forms = [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
    // Longest first: a secret that contains another one must go as a whole.
    needles = [...new Set([...needles, ...forms])].sort((a, b) => b.length - a.length);
  };

  const redact = (text: string): string => {
    let result = text;
    for (const needle of needles) result = result.replaceAll(needle, REDACTED);
    for (const [pattern, replacement] of PATTERNS) result = result.replace(pattern, replacement);
    return result;
  };

  const visit = (value: unknown, seen: readonly object[]): unknown => {
    if (typeof value === "string") return redact(value);
    if (typeof value === "number" || typeof value === "bigint") {
      const text = String(value);
      const redacted = redact(text);
      return redacted === text && typeof value === "number" ? value : redacted;
    }
    if (typeof value === "symbol" || typeof value === "function") return redact(String(value));
    if (typeof value !== "object" || value === null) return value;
    if (seen.includes(value)) return "[circular]";
    if (seen.length >= DEEPEST_LEVEL) return "[too deep]";
    const inside = [...seen, value];
    if (value instanceof Error) return visitError(value, inside);
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? "[invalid date]" : value.toISOString();
    if (value instanceof URL) return redact(value.href);
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    if (value instanceof Map) return visitEntries([...value.entries()], inside);
    if (value instanceof Set) return [...value].map((item) => visit(item, inside));
    if (Array.isArray(value)) return value.map((item: unknown) => visit(item, inside));
    if ("toJSON" in value && typeof value.toJSON === "function") return visit(value.toJSON(), inside);
    return visitEntries(Object.entries(value), inside);
  };

  const visitEntries = (entries: (readonly [unknown, unknown])[], seen: readonly object[]): object =>
    Object.fromEntries(entries.map(([key, item]) => [redact(String(key)), visit(item, seen)]));

  const visitError = (error: Error, seen: readonly object[]): object => ({
    ...visitEntries(Object.entries(error), seen),
    type: redact(error.name),
    message: redact(error.message),
    stack: redact(error.stack ?? ""),
    ...(error.cause === undefined ? {} : { cause: visit(error.cause, seen) }),
  });

  for (const secret of secrets) add(secret);
  return { redact, redactValue: (value) => visit(value, []), add };
}
