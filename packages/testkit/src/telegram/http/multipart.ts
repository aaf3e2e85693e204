/** One part of a `multipart/form-data` body. */
export interface MultipartPart {
  name: string;
  /** Present for files. */
  filename?: string;
  contentType?: string;
  /** Headers a part has no business carrying: how a line break in a file name shows up. */
  strayHeaders: string[];
  data: Buffer;
}

/** The body is not multipart/form-data that a server would accept. */
export class MultipartError extends Error {}

const CRLF = Buffer.from("\r\n");
const HEADER_END = Buffer.from("\r\n\r\n");

/** Splits a multipart/form-data body. Throws MultipartError when it is malformed. */
export function parseMultipart(body: Buffer, contentType: string): MultipartPart[] {
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const marker = boundary?.[1] ?? boundary?.[2];
  if (marker === undefined) throw new MultipartError("multipart body without a boundary");
  const delimiter = Buffer.from(`--${marker}`);

  const parts: MultipartPart[] = [];
  let at = body.indexOf(delimiter);
  if (at === -1) throw new MultipartError("the boundary does not occur in the body");
  for (;;) {
    at += delimiter.length;
    if (body.subarray(at, at + 2).toString("latin1") === "--") return parts;
    if (!body.subarray(at, at + 2).equals(CRLF)) throw new MultipartError("no line break after a boundary");
    const next = body.indexOf(Buffer.concat([CRLF, delimiter]), at);
    if (next === -1) throw new MultipartError("the closing boundary is missing");
    parts.push(parsePart(body.subarray(at + 2, next)));
    at = next + 2;
  }
}

function parsePart(raw: Buffer): MultipartPart {
  const end = raw.indexOf(HEADER_END);
  if (end === -1) throw new MultipartError("a part has no header end");
  const part: MultipartPart = { name: "", strayHeaders: [], data: raw.subarray(end + HEADER_END.length) };
  for (const line of raw.subarray(0, end).toString("utf8").split("\r\n")) {
    const colon = line.indexOf(":");
    const header = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (header === "content-disposition") readDisposition(part, value);
    else if (header === "content-type") part.contentType = value;
    else if (header !== "content-length" && header !== "content-transfer-encoding")
      part.strayHeaders.push(line);
  }
  if (part.name === "") throw new MultipartError("a part has no name");
  return part;
}

function readDisposition(part: MultipartPart, value: string): void {
  const name = parameterOf(value, "name");
  const filename = parameterOf(value, "filename");
  if (name !== undefined) part.name = name;
  if (filename !== undefined) part.filename = filename;
  const rest = value
    .replace(/;\s*(?:file)?name\*?=(?:"(?:[^"\\]|\\.)*"|[^;]*)/gi, "")
    .replace(/^form-data/i, "");
  if (rest.trim() !== "") part.strayHeaders.push(`Content-Disposition: …${rest.trim()}`);
}

/** `"` inside a quoted value comes as `\"` or `%22`, depending on the client. */
function parameterOf(value: string, key: string): string | undefined {
  const match = new RegExp(`;\\s*${key}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]+))`, "i").exec(value);
  const quoted = match?.[1]
    ?.replace(/\\(["\\])/g, "$1")
    .replace(/%22/g, '"')
    .replace(/%0D/g, "\r")
    .replace(/%0A/g, "\n");
  return quoted ?? match?.[2];
}
