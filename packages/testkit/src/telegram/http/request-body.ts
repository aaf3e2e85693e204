import type { IncomingMessage } from "node:http";
import { MultipartError, type MultipartPart, parseMultipart } from "./multipart.ts";

/** A file that came with a call. */
export interface UploadedFile {
  field: string;
  filename: string;
  contentType: string;
  data: Buffer;
}

/** What a request carries, before it is read against the parameter tables. */
export interface RequestBody {
  /** How the values were written: JSON keeps its types, form fields are text. */
  from: "json" | "form";
  values: Record<string, unknown>;
  files: Map<string, UploadedFile>;
  /** Mistakes in the body itself. */
  defects: string[];
  /** It was cut off: values and files are those of the query string alone. */
  isTooLarge: boolean;
}

/** Telegram takes 50 MB files by multipart; anything above a little overhead is cut off. */
const MAX_BODY_BYTES = 52 * 1024 * 1024;

/** Reads the whole body. Returns undefined when it is larger than the server takes (it is read to its end even then). */
export async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return size <= MAX_BODY_BYTES ? Buffer.concat(chunks) : undefined;
}

/** Reads query string and body (JSON, urlencoded or multipart). Never throws: what is wrong is in `defects`. */
export function decodeBody(
  query: URLSearchParams,
  contentType: string,
  body: Buffer | undefined,
): RequestBody {
  const decoded: RequestBody = {
    from: "form",
    values: Object.fromEntries(query),
    files: new Map(),
    defects: [],
    isTooLarge: body === undefined,
  };
  if (body === undefined || body.length === 0) return decoded;
  const type = contentType.split(";")[0]?.trim().toLowerCase() ?? "";
  if (type === "application/json") decodeJson(decoded, body);
  else if (type === "application/x-www-form-urlencoded") {
    Object.assign(decoded.values, Object.fromEntries(new URLSearchParams(body.toString("utf8"))));
  } else if (type === "multipart/form-data") decodeMultipart(decoded, contentType, body);
  else decoded.defects.push(`a body of content type "${contentType}" is ignored by the server`);
  return decoded;
}

function decodeJson(decoded: RequestBody, body: Buffer): void {
  decoded.from = "json";
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw new SyntaxError("not an object");
    Object.assign(decoded.values, value);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    decoded.defects.push(`the JSON body cannot be read: ${error.message}`);
  }
}

function decodeMultipart(decoded: RequestBody, contentType: string, body: Buffer): void {
  let parts: MultipartPart[];
  try {
    parts = parseMultipart(body, contentType);
  } catch (error) {
    if (!(error instanceof MultipartError)) throw error;
    decoded.defects.push(error.message);
    return;
  }
  for (const part of parts) {
    for (const header of part.strayHeaders) {
      decoded.defects.push(`part "${part.name}" carries a header it should not: ${header}`);
    }
    if (part.filename === undefined) {
      const text = part.data.toString("utf8");
      if (text === "[object Object]")
        decoded.defects.push(`part "${part.name}" is an object that was not serialised`);
      decoded.values[part.name] = text;
    } else {
      decoded.files.set(part.name, {
        field: part.name,
        filename: part.filename,
        contentType: part.contentType ?? "application/octet-stream",
        data: part.data,
      });
    }
  }
}
