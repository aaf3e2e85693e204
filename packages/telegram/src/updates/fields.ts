/** A JSON object of unknown shape. Updates come from outside: nothing about them is taken for granted. */
export type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown): Fields | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

/** Own properties only: a key such as `constructor` must not find anything. */
export function field(fields: Fields | null, name: string): unknown {
  return fields !== null && Object.hasOwn(fields, name) ? fields[name] : undefined;
}

export function objectField(fields: Fields | null, name: string): Fields | null {
  return fieldsOf(field(fields, name));
}

export function textField(fields: Fields | null, name: string): string | undefined {
  const value = field(fields, name);
  return typeof value === "string" ? value : undefined;
}

export function integerField(fields: Fields | null, name: string): number | undefined {
  const value = field(fields, name);
  return Number.isSafeInteger(value) ? (value as number) : undefined;
}

export function numberField(fields: Fields | null, name: string): number | undefined {
  const value = field(fields, name);
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

export function listField(fields: Fields | null, name: string): Fields[] {
  const value = field(fields, name);
  if (!Array.isArray(value)) return [];
  return value.map(fieldsOf).filter((item) => item !== null);
}
