/**
 * Reading what the CLI prints. Its protocol has no schema and grows with every version, so nothing here insists: a
 * field that is missing or of another kind reads as `undefined`, and nobody fails because of it.
 */
export type RawMessage = Readonly<Record<string, unknown>>;

/** The line as an object, or `undefined` when it is not one. */
export function parseRawMessage(line: string): RawMessage | undefined {
  try {
    return asObject(JSON.parse(line));
  } catch {
    // Not JSON: the caller counts it.
    return undefined;
  }
}

export function asObject(value: unknown): RawMessage | undefined {
  // An object that is neither null nor an array has string keys and unknown values.
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as RawMessage)
    : undefined;
}

export function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function asText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function asNumber(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
