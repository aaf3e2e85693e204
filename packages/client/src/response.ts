import type { Endpoint } from "@steward/contract/endpoint";
import { errorBodySchema } from "@steward/contract/errors";
import { ApiError } from "./api-error.ts";

/** What the client needs of a zod schema; keeps the library itself out of here. */
interface Schema {
  safeParse(value: unknown): { success: true; data: unknown } | { success: false; error: Error };
}

const isSchema = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && "safeParse" in value;

/**
 * The schema of an endpoint's successful answer of a content type.
 *
 * @throws TypeError when the record has none: a mistake of the programmer.
 */
export function successSchema(
  endpoint: Endpoint,
  contentType: "application/json" | "text/event-stream",
): Schema {
  for (const [status, response] of Object.entries(endpoint.responses)) {
    if (!status.startsWith("2") || !("content" in response)) continue;
    const schema = response.content?.[contentType];
    if (schema !== undefined && "schema" in schema && isSchema(schema.schema)) return schema.schema;
  }
  throw new TypeError(`${endpoint.method} ${endpoint.path} does not answer with ${contentType}`);
}

/** The refusal in an answer that is not a success; whatever stands between us and the API may have written it. */
export async function readError(response: Response): Promise<ApiError> {
  const text = await response.text();
  const body = parseJson(text);
  const parsed = errorBodySchema.safeParse(body);
  const { status } = response;
  if (parsed.success) return new ApiError({ status, ...parsed.data, body });
  const detail = `HTTP ${status}: ${text.slice(0, 500)}`;
  return new ApiError({ status, code: "invalid_response", detail, body: body ?? text });
}

/** Checks a JSON answer against its schema, and gives what the schema knows of it. */
export function readResult(schema: Schema, status: number, text: string): unknown {
  const body = parseJson(text);
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new ApiError({
    status,
    code: "invalid_response",
    detail: `The API's answer is not what its contract says: ${parsed.error.message}`,
    body: body ?? text,
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // Not JSON: the callers tell it by the missing value, with the text itself.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
