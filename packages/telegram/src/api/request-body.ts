import { InputFile } from "./input-file.ts";

export interface RequestBody {
  body: string | FormData;
  headers: Record<string, string>;
}

/**
 * JSON, or multipart as soon as a file is anywhere in the arguments. In multipart every object is sent as JSON text:
 * the server reads form fields as strings, and clients that leave this out lose `reply_parameters` and the like.
 */
export function encodeArguments(args: Readonly<Record<string, unknown>>): RequestBody {
  if (!holdsFile(args)) {
    return { body: JSON.stringify(args), headers: { "content-type": "application/json" } };
  }
  const form = new FormData();
  let attached = 0;
  /** Nested files travel as parts of their own, named by `attach://`. */
  const detachFiles = (value: unknown): unknown => {
    if (value instanceof InputFile) {
      const part = `file${attached++}`;
      form.append(part, value.content, value.name);
      return `attach://${part}`;
    }
    if (Array.isArray(value)) return value.map(detachFiles);
    if (isObject(value)) {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, detachFiles(item)]));
    }
    return value;
  };
  for (const [key, value] of Object.entries(args)) {
    if (value === undefined || value === null) continue;
    if (value instanceof InputFile) form.append(key, value.content, value.name);
    else if (typeof value === "object") form.append(key, JSON.stringify(detachFiles(value)));
    else form.append(key, String(value));
  }
  // No content type here: fetch adds it together with the boundary.
  return { body: form, headers: {} };
}

function holdsFile(value: unknown): boolean {
  if (value instanceof InputFile) return true;
  return isObject(value) && Object.values(value).some(holdsFile);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
