import { parameterType } from "./check-parameters.ts";
import type { TypeExpression } from "./type-expression.ts";

/**
 * Brings parameters to their declared types as the server would read them. Form fields are text: numbers, booleans
 * and JSON are decoded. A JSON body keeps its types, except that objects and arrays may also come as JSON text
 * ("JSON-serialized object" in the documentation). What does not decode stays text and fails the type check.
 */
export function decodeParameters(
  method: string,
  raw: Readonly<Record<string, unknown>>,
  from: "json" | "form",
): Record<string, unknown> {
  const params: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(raw)) {
    const type = parameterType(method, name);
    params[name] = type === undefined || typeof value !== "string" ? value : decodeText(type, value, from);
  }
  return params;
}

function decodeText(type: TypeExpression, text: string, from: "json" | "form"): unknown {
  const members = type.kind === "union" ? type.members : [type];
  const structured = members.some(({ kind }) => kind === "array" || kind === "named");
  if (structured) return parseJson(text) ?? text;
  if (from === "json" || members.some((member) => isText(member))) return text;
  if (members.some((member) => isPrimitive(member, "number")) && /^-?\d+(\.\d+)?$/.test(text))
    return Number(text);
  if (text === "true" || text === "false") return text === "true";
  return text;
}

const isPrimitive = (type: TypeExpression, name: string) => type.kind === "primitive" && type.name === name;

const isText = (type: TypeExpression) =>
  isPrimitive(type, "string") ||
  type.kind === "file" ||
  (type.kind === "literal" && typeof type.value === "string");

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined; // the caller keeps the text, the type check names it
    throw error;
  }
}
