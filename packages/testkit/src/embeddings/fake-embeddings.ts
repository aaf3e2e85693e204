import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { freePort } from "@steward/platform/free-port";
import { answerOllama, answerOpenAi, listOllamaModels } from "./embedding-answers.ts";
import { type EmbeddingRequest, type RequestProblem, readOllama, readOpenAi } from "./embedding-requests.ts";
import { meaningVector } from "./meaning-vectors.ts";

/**
 * What the server does instead of answering well:
 *
 * - a status: that one with an error in the server's form · `hang`: no answer · `cut`: the connection ends in the middle
 * - `nan`: a bare NaN, as some servers write it · `null`: a number is null · `empty`: vectors without numbers
 * - `too_few`, `too_many`: another number of vectors · `zero`: a vector without a direction · `no_json`
 */
export type EmbeddingFault =
  | number
  | "hang"
  | "cut"
  | "nan"
  | "null"
  | "empty"
  | "too_few"
  | "too_many"
  | "zero"
  | "no_json";

export interface FakeEmbeddings {
  /** Where Ollama would be: `OLLAMA_BASE_URL`. The OpenAI-compatible endpoint is at `/v1/embeddings` of it. */
  readonly url: string;
  readonly requests: readonly EmbeddingRequest[];
  /** What a real server would have refused, or must never be sent; a test looks that there is nothing. */
  readonly violations: readonly string[];
  /** Connections that their client gave up before there was an answer: that ends the loading of a model. */
  readonly abandoned: () => number;
  /** The next `times` requests for vectors (default: all from now on, until `heal`) go wrong so. */
  fail(how: EmbeddingFault, times?: number): void;
  /** Only requests in which a text contains `words` go wrong so, until `heal`. */
  failFor(words: string, how: EmbeddingFault): void;
  heal(): void;
  /** From the next answer on vectors have this length. */
  setDims(dims: number): void;
  /** Each answer takes so long. */
  setDelay(ms: number): void;
  /** The next request first loads the model, which takes so long. */
  unload(loadMs: number): void;
  /** A text of more characters (after its prefix) is too long for the model. */
  setContextChars(chars: number): void;
  addModel(name: string): void;
  removeModel(name: string): void;
  /** Nobody listens on the port any more. */
  goDown(): Promise<void>;
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

/**
 * A strict Ollama (`GET /api/tags`, `POST /api/embed`) and OpenAI-compatible (`POST /v1/embeddings`) server on 127.0.0.1.
 * Its vectors are the same for the same text, and near for texts that mean the same (`meaning-vectors.ts`).
 *
 * @param options.key what `/v1/embeddings` wants as a bearer; null = nothing
 */
export async function startFakeEmbeddings(
  options: { models?: readonly string[]; dims?: number; key?: string | null } = {},
): Promise<FakeEmbeddings> {
  const models = new Set(options.models ?? ["nomic-embed-text"]);
  const requests: EmbeddingRequest[] = [];
  const violations: string[] = [];
  let dims = options.dims ?? 64;
  let delayMs = 0;
  let loadMs = 0;
  let contextChars = 8_192;
  let abandoned = 0;
  let fault: { how: EmbeddingFault; left: number } | null = null;
  const poisoned = new Map<string, EmbeddingFault>();

  const faultFor = (request: EmbeddingRequest): EmbeddingFault | null => {
    for (const [words, how] of poisoned) if (request.input.some((text) => text.includes(words))) return how;
    if (fault === null || fault.left <= 0) return null;
    fault.left -= 1;
    return fault.how;
  };

  const vectorsFor = (request: EmbeddingRequest, how: EmbeddingFault | null): (number | null)[][] => {
    const vectors: (number | null)[][] = request.input.map((text) => meaningVector(text, dims));
    if (how === "too_few") vectors.pop();
    if (how === "too_many") vectors.push(meaningVector("one more", dims));
    if (how === "empty") return vectors.map(() => []);
    if (how === "zero") vectors[0] = new Array<number>(dims).fill(0);
    if (how === "null" && vectors[0]) vectors[0][0] = null;
    return vectors;
  };

  const embed = async (
    response: ServerResponse,
    read: EmbeddingRequest | RequestProblem,
    answer: (request: EmbeddingRequest, vectors: (number | null)[][], tookMs: number) => object,
    refuse: (status: number, message: string) => object,
  ): Promise<void> => {
    if ("problem" in read) {
      violations.push(read.problem);
      return json(response, 400, refuse(400, read.problem));
    }
    requests.push(read);
    const how = faultFor(read);
    const waitMs = delayMs + loadMs;
    let gone = false;
    response.once("close", () => {
      if (response.writableFinished) return;
      gone = true;
      if (how !== "cut") abandoned += 1;
    });
    if (how === "hang") return;
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    if (gone) return;
    loadMs = 0;
    if (typeof how === "number") return json(response, how, refuse(how, "injected"));
    if (!models.has(read.model.replace(/:latest$/, ""))) {
      return json(response, 404, refuse(404, `model "${read.model}" not found, try pulling it first`));
    }
    if (read.input.some((text) => text.length > contextChars)) {
      return json(response, 400, refuse(400, "the input length exceeds the context length"));
    }
    const body = JSON.stringify(answer(read, vectorsFor(read, how), waitMs));
    if (how === "no_json") {
      response.writeHead(200, { "content-type": "text/html" }).end("<html>it works</html>");
    } else if (how === "cut") {
      response.writeHead(200, { "content-type": "application/json", "content-length": body.length });
      response.write(body.slice(0, body.length / 2), () => response.destroy());
    } else if (how === "nan") {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(body.replace(/\[-?[\d.e-]+,/, "[NaN,"));
    } else {
      response.writeHead(200, { "content-type": "application/json" }).end(body);
    }
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readAll(request);
    const ollamaError = (_: number, error: string) => ({ error });
    const openAiError = (status: number, message: string) => ({
      error: {
        message,
        type: status >= 500 ? "server_error" : "invalid_request_error",
        param: null,
        code: null,
      },
    });
    switch (`${request.method} ${request.url}`) {
      case "GET /api/tags":
        return json(response, 200, listOllamaModels([...models]));
      case "POST /api/embed":
        return await embed(response, readOllama(request.headers, body), answerOllama, ollamaError);
      case "POST /v1/embeddings": {
        const { key = null } = options;
        if (key !== null && request.headers.authorization !== `Bearer ${key}`) {
          violations.push("Incorrect API key");
          return json(response, 401, openAiError(401, "Incorrect API key provided"));
        }
        return await embed(response, readOpenAi(request.headers, body), answerOpenAi, openAiError);
      }
      default:
        violations.push(`${request.method} ${request.url} is not there`);
        response.writeHead(404, { "content-type": "text/plain" }).end("404 page not found");
    }
  };

  const sockets = new Set<Socket>();
  const listen = async (port: number): Promise<Server> => {
    const server = createServer((request, response) => {
      handle(request, response).catch((error: unknown) => {
        violations.push(String(error));
        response.destroy();
      });
    });
    server.on("connection", (socket) => {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", resolve);
    });
    return server;
  };
  const end = (server: Server): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });

  // The same again when it comes back: nobody may have taken it meanwhile.
  const port = await freePort();
  let server: Server | null = await listen(port);
  const goDown = async (): Promise<void> => {
    const running = server;
    server = null;
    if (running !== null) await end(running);
  };
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    violations,
    abandoned: () => abandoned,
    fail: (how, times = Number.POSITIVE_INFINITY) => {
      fault = { how, left: times };
    },
    failFor: (words, how) => void poisoned.set(words, how),
    heal: () => {
      fault = null;
      poisoned.clear();
    },
    setDims: (next) => {
      dims = next;
    },
    setDelay: (ms) => {
      delayMs = ms;
    },
    unload: (ms) => {
      loadMs = ms;
    },
    setContextChars: (chars) => {
      contextChars = chars;
    },
    addModel: (name) => void models.add(name),
    removeModel: (name) => void models.delete(name),
    goDown,
    comeBack: async () => {
      server ??= await listen(port);
    },
    close: goDown,
  };
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response
    .writeHead(status, { "content-type": "application/json; charset=utf-8" })
    .end(JSON.stringify(value));
}
