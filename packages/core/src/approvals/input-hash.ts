import { createHash } from "node:crypto";

/** SHA-256 (hex) of a tool's name and input, whatever the order of the input's keys: what was shown is what may run. */
export const inputHash = (toolName: string, input: unknown): string =>
  createHash("sha256")
    .update(JSON.stringify([toolName, sorted(input)]))
    .digest("hex");

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  // As pairs: an object would swallow a key named __proto__ and move number-like keys to the front.
  return { fields: entries.map(([key, field]) => [key, sorted(field)]) };
};
