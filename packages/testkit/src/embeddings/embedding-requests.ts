import type { IncomingHttpHeaders } from "node:http";

/** One request for vectors, as it came. */
export interface EmbeddingRequest {
  readonly api: "ollama" | "openai";
  readonly model: string;
  readonly input: readonly string[];
  readonly keepAlive: string | number | null;
  readonly authorization: string | undefined;
}

export interface RequestProblem {
  readonly problem: string;
}

const OLLAMA_FIELDS = new Set(["model", "input", "keep_alive", "truncate", "options", "dimensions"]);
const OPENAI_FIELDS = new Set(["model", "input", "encoding_format", "dimensions", "user"]);
/** OpenAI's limit for one request ("Create embeddings"). */
const MAX_INPUTS = 2_048;

export const readOllama = (headers: IncomingHttpHeaders, body: Buffer): EmbeddingRequest | RequestProblem => {
  const read = readFields(headers, body, OLLAMA_FIELDS);
  if ("problem" in read) return read;
  const { fields, ...shared } = read;
  const keepAlive = fields.keep_alive ?? null;
  if (keepAlive !== null && typeof keepAlive !== "number" && !isDuration(keepAlive)) {
    return { problem: `keep_alive is no duration: ${JSON.stringify(keepAlive)}` };
  }
  // Left to itself Ollama cuts what is too long, and says nothing.
  if (fields.truncate !== false) return { problem: "truncate is not false" };
  return { api: "ollama", ...shared, keepAlive, authorization: headers.authorization };
};

export const readOpenAi = (headers: IncomingHttpHeaders, body: Buffer): EmbeddingRequest | RequestProblem => {
  const read = readFields(headers, body, OPENAI_FIELDS);
  if ("problem" in read) return read;
  const { fields, ...shared } = read;
  if ((fields.encoding_format ?? "float") !== "float") return { problem: "only floats are emulated" };
  return { api: "openai", ...shared, keepAlive: null, authorization: headers.authorization };
};

const isDuration = (value: unknown): value is string =>
  typeof value === "string" && /^-?\d+(?:ms|[smh])$/.test(value);

function readFields(
  headers: IncomingHttpHeaders,
  body: Buffer,
  known: ReadonlySet<string>,
): { fields: Record<string, unknown>; model: string; input: string[] } | RequestProblem {
  if (!/^application\/json\b/.test(headers["content-type"] ?? "")) return { problem: "the body is no JSON" };
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(body.toString("utf8")) as Record<string, unknown>;
  } catch (error) {
    return { problem: `the body cannot be read: ${String(error)}` };
  }
  const stray = Object.keys(fields).find((name) => !known.has(name));
  if (stray !== undefined) return { problem: `unknown field ${stray}` };
  const { model, input } = fields;
  if (typeof model !== "string" || model === "") return { problem: "model is missing" };
  if (!Array.isArray(input) || input.length === 0) return { problem: "input is no list of texts" };
  if (input.length > MAX_INPUTS) return { problem: `more than ${MAX_INPUTS} inputs` };
  const texts = input.filter((text): text is string => typeof text === "string" && text !== "");
  if (texts.length < input.length) return { problem: "an input is empty or no text" };
  if (texts.some((text) => /\p{Surrogate}/u.test(text)))
    return { problem: "an input holds half a character" };
  return { fields, model, input: texts };
}
