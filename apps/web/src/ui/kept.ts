import type { z } from "zod";

const PREFIX = "steward.draft.";

/** What a person has begun, as it was kept in this tab; null: nothing, or of another version of the page. */
export const readKept = <Value>(name: string, schema: z.ZodType<Value>): Value | null => {
  try {
    const stored = sessionStorage.getItem(PREFIX + name);
    return stored === null ? null : schema.parse(JSON.parse(stored));
  } catch {
    return null;
  }
};

/** Keeps it through a reload and whatever else takes its form away. */
export const keep = (name: string, value: unknown): void => {
  try {
    sessionStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // No room, or storage is forbidden: it is there as long as its form is.
  }
};

export const dropKept = (name: string): void => sessionStorage.removeItem(PREFIX + name);

/** Whoever signs out leaves nothing behind. */
export const dropAllKept = (): void => {
  for (const name of Object.keys(sessionStorage)) {
    if (name.startsWith(PREFIX)) sessionStorage.removeItem(name);
  }
};
