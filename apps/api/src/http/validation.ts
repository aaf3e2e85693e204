import type { Endpoint } from "@steward/contract/endpoint";
import type { ErrorBody } from "@steward/contract/errors";
import type { z } from "zod";
import { ValidationError } from "./error-response.ts";

type Problem = Exclude<ErrorBody["detail"], string>[number];

/** The request as it came, part by part. `body` is undefined when there was none. */
export interface RawRequest {
  params: Readonly<Record<string, string>>;
  /** Asked only when the endpoint takes any. */
  query: () => Readonly<Record<string, string>>;
  headers: () => Readonly<Record<string, string>>;
  body: string | undefined;
}

/** How the ancestor's list calls the parts. */
const LOCATION = { params: "path", query: "query", headers: "header", body: "body" } as const;
/** Longer values are not sent back: they may be whole prompts. */
const LONGEST_ECHO = 200;

/**
 * Parses every part of a request by its endpoint's schemas.
 *
 * @throws ValidationError with the problems of all parts
 */
export function parseRequest(endpoint: Endpoint, raw: RawRequest): Record<string, unknown> {
  const problems: Problem[] = [];
  const parsed: Record<string, unknown> = {};
  const parse = (part: keyof typeof LOCATION, schema: unknown, value: unknown): void => {
    if (!isSchema(schema)) return;
    const result = schema.safeParse(value);
    if (result.success) parsed[part] = result.data;
    else problems.push(...result.error.issues.map((issue) => toProblem(LOCATION[part], issue, value)));
  };

  const { params, query, headers, body } = endpoint.request ?? {};
  parse("params", params, raw.params);
  if (query !== undefined) parse("query", query, raw.query());
  if (headers !== undefined) parse("headers", headers, raw.headers());
  if (body !== undefined) {
    const json = raw.body === undefined ? undefined : parseJson(raw.body);
    if (json instanceof SyntaxError) {
      problems.push({ type: "json_invalid", loc: ["body"], msg: "the body is not valid JSON" });
    } else if (json === undefined) {
      if (body.required === true)
        problems.push({ type: "missing", loc: ["body"], msg: "a body is required" });
    } else {
      const content = body.content["application/json"];
      parse("body", content !== undefined && "schema" in content ? content.schema : undefined, json);
    }
  }
  if (problems.length > 0) throw new ValidationError(problems);
  return parsed;
}

const isSchema = (value: unknown): value is z.ZodType =>
  typeof value === "object" && value !== null && "safeParse" in value;

/** The value, or the SyntaxError: a malformed body is the caller's mistake, not ours. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return error;
    throw error;
  }
}

function toProblem(part: string, issue: z.core.$ZodIssue, root: unknown): Problem {
  const path = issue.path.map((key) => (typeof key === "symbol" ? String(key) : key));
  const input = path.reduce(field, root);
  const loc = [part, ...path];
  if (input === undefined) return { type: "missing", loc, msg: "is required" };
  return { type: issue.code, loc, msg: issue.message, ...echo(input) };
}

const field = (value: unknown, key: string | number): unknown =>
  typeof value === "object" && value !== null
    ? Object.entries(value).find(([name]) => name === String(key))?.[1]
    : undefined;

const echo = (input: unknown): { input?: unknown } => {
  const short =
    typeof input === "string" ? input.length <= LONGEST_ECHO : typeof input !== "object" || input === null;
  return short ? { input } : {};
};
