import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { parseMultipart } from "../telegram/http/multipart.ts";

/** One request for a transcript, as it came. */
export interface TranscriptionRequest {
  readonly fields: Readonly<Record<string, string>>;
  readonly file: { readonly name: string; readonly contentType: string; readonly data: Buffer };
  readonly authorization: string | undefined;
}

export interface FakeTranscription {
  /** The whole address of the endpoint. */
  readonly url: string;
  readonly requests: readonly TranscriptionRequest[];
  /** What the real endpoint would have refused; a test looks that there is nothing. */
  readonly violations: readonly string[];
  /** What is heard next; default: `heard <bytes> bytes`. */
  say(text: string): void;
  /** The next request is answered so: an HTTP status, `hang`, or a body of another form. */
  failNext(how: number | "hang" | "no_json"): void;
  close(): Promise<void>;
}

/** Formats and size that OpenAI's endpoint takes (API reference, "Create transcription"). */
const EXTENSIONS = /\.(?:flac|mp3|mp4|mpeg|mpga|m4a|ogg|oga|wav|webm)$/;
const MAX_BYTES = 25 * 1024 * 1024;
const FIELDS = new Set(["model", "response_format", "language", "prompt", "temperature"]);

/** A strict `POST /v1/audio/transcriptions` on 127.0.0.1, with a key. */
export async function startFakeTranscription({ key }: { key: string | null }): Promise<FakeTranscription> {
  const requests: TranscriptionRequest[] = [];
  const violations: string[] = [];
  const texts: string[] = [];
  const failures: (number | "hang" | "no_json")[] = [];

  const refuse = (response: ServerResponse, status: number, message: string): void => {
    violations.push(message);
    json(response, status, { error: { message, type: "invalid_request_error" } });
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readAll(request);
    if (request.method !== "POST" || request.url !== "/v1/audio/transcriptions") {
      return refuse(response, 404, `${request.method} ${request.url} is not there`);
    }
    const { authorization } = request.headers;
    if (key !== null && authorization !== `Bearer ${key}`) return refuse(response, 401, "Incorrect API key");
    const read = readForm(request.headers["content-type"] ?? "", body);
    if ("problem" in read) return refuse(response, 400, read.problem);
    requests.push({ ...read, authorization });
    const failure = failures.shift();
    if (failure === "hang") return;
    if (failure === "no_json") {
      response.writeHead(200, { "content-type": "text/plain" }).end("just words");
      return;
    }
    if (failure !== undefined) return json(response, failure, { error: { message: "injected" } });
    json(response, 200, { text: texts.shift() ?? `heard ${read.file.data.length} bytes` });
  };

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      violations.push(String(error));
      response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  // Listening on a port: an address, not a pipe's name.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1/audio/transcriptions`,
    requests,
    violations,
    say: (text) => void texts.push(text),
    failNext: (how) => void failures.push(how),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function readForm(
  contentType: string,
  body: Buffer,
): Pick<TranscriptionRequest, "fields" | "file"> | { problem: string } {
  const fields: Record<string, string> = {};
  let file: TranscriptionRequest["file"] | null = null;
  for (const part of parseMultipart(body, contentType)) {
    if (part.strayHeaders.length > 0) return { problem: `stray headers: ${part.strayHeaders.join(", ")}` };
    if (part.name === "file" && part.filename !== undefined) {
      file = { name: part.filename, contentType: part.contentType ?? "", data: part.data };
    } else if (FIELDS.has(part.name)) fields[part.name] = part.data.toString("utf8");
    else return { problem: `Unrecognized request argument supplied: ${part.name}` };
  }
  if (file === null) return { problem: "you must provide a file" };
  if (fields.model === undefined || fields.model === "")
    return { problem: "you must provide a model parameter" };
  if (!EXTENSIONS.test(file.name)) return { problem: `Invalid file format: ${file.name}` };
  if (file.data.length === 0) return { problem: "Audio file is too short" };
  if (file.data.length > MAX_BYTES) return { problem: "Maximum content size limit exceeded" };
  if ((fields.response_format ?? "json") !== "json") return { problem: "only json is emulated" };
  return { fields, file };
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}
