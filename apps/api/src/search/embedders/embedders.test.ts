import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createFakeClock, createSystemClock } from "@steward/platform/clock";
import { describe, expect, onTestFinished, test } from "vitest";
import { readApiConfig } from "../../env.ts";
import { createEmbedders } from "./create-embedders.ts";
import type { EmbeddingSetting } from "./embedding-setting.ts";

interface Seen {
  method: string | undefined;
  url: string | undefined;
  authorization: string | undefined;
  body: Record<string, unknown>;
}

/** A server that answers as it is told to; the strict one is in testkit, and the end-to-end tests use that. */
const serve = async (answer: (seen: Seen, response: ServerResponse) => void) => {
  const seen: Seen[] = [];
  let abandoned = 0;
  const read = async (request: IncomingMessage, response: ServerResponse) => {
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const { method, url, headers } = request;
    const body = text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
    const one = { method, url, authorization: headers.authorization, body };
    seen.push(one);
    response.once("close", () => {
      if (!response.writableFinished) abandoned += 1;
    });
    answer(one, response);
  };
  const server = createServer((request, response) => void read(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { seen, url: `http://127.0.0.1:${port}`, abandoned: () => abandoned };
};
const send = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
};
const inputs = ({ body }: Seen): string[] => body.input as string[];
const clock = createSystemClock();

const ollamaAt = (url: string, more: Partial<Extract<EmbeddingSetting, { mode: "ollama" }>> = {}) =>
  ({ mode: "ollama", url, model: "nomic-embed-text", keepAlive: "30m", prefixes: {}, ...more }) as const;

const find = async (setting: EmbeddingSetting, deps: Partial<Parameters<typeof createEmbedders>[1]> = {}) => {
  const source = createEmbedders(setting, { clock, ...deps });
  onTestFinished(() => source.close());
  const embedder = await source.find(null);
  if (embedder === null) throw new Error("no embedder");
  return { source, embedder };
};

describe("Ollama", () => {
  test("is told what a text is for, keeps its model, and cuts nothing silently", async () => {
    const { url, seen } = await serve((one, response) =>
      send(response, 200, { embeddings: inputs(one).map((_, i) => [i + 1, 0]) }),
    );
    const { embedder } = await find(ollamaAt(url));
    expect(embedder.dims).toBeNull();
    expect(await embedder.embed(["a", "b"], "document")).toEqual([
      Float32Array.of(1, 0),
      Float32Array.of(2, 0),
    ]);
    await embedder.embed(["c"], "query");
    expect(seen.map(({ method, url: path, body }) => ({ method, path, body }))).toEqual([
      {
        method: "POST",
        path: "/api/embed",
        body: {
          model: "nomic-embed-text",
          input: ["search_document: a", "search_document: b"],
          keep_alive: "30m",
          truncate: false,
        },
      },
      expect.objectContaining({ body: expect.objectContaining({ input: ["search_query: c"] }) }),
    ]);
    expect([embedder.model, embedder.dims]).toEqual(["ollama/nomic-embed-text", 2]);
  });

  test("other prefixes make other vectors; a model that wants none gets none", async () => {
    const { url, seen } = await serve((_, response) => send(response, 200, { embeddings: [[1]] }));
    const own = await find(ollamaAt(url, { prefixes: { query: "Q: " } }));
    await own.embedder.embed(["x"], "query");
    const plain = await find(ollamaAt(url, { model: "bge-m3:latest" }));
    await plain.embedder.embed(["x"], "query");
    expect(seen.map(inputs)).toEqual([["Q: x"], ["x"]]);
    expect(own.embedder.model).toMatch(/^ollama\/nomic-embed-text#[0-9a-f]{8}$/);
    expect(own.source.named(own.embedder.model)).toBe(own.embedder);
    expect(own.source.named("ollama/nomic-embed-text")).toBeNull();
    expect(plain.embedder.model).toBe("ollama/bge-m3");
    expect(plain.source.named("ollama/other")?.model).toBe("ollama/other");
    expect(plain.source.named("api.openai.com/text-embedding-3-small")).toBeNull();
  });

  test.each([
    ["a model that is not there", 404, { error: 'model "x" not found, try pulling it first' }, "refused"],
    ["a text that is too long", 400, { error: "the input length exceeds the context length" }, "too_long"],
    ["the same in another version", 500, { error: "input exceeds maximum context length" }, "too_long"],
    ["a server that is starting", 503, { error: "server busy, please try again" }, "unavailable"],
    ["NaN that it could not write", 500, { error: "json: unsupported value: NaN" }, "refused"],
    ["a page of a proxy", 502, "<html>bad gateway</html>", "unavailable"],
    ["something else than JSON", 200, "<html>it works</html>", "bad_answer"],
    ["a bare NaN", 200, '{"embeddings":[[NaN,1]]}', "bad_answer"],
    ["no number", 200, { embeddings: [[null, 1]] }, "bad_answer"],
    ["an empty vector", 200, { embeddings: [[]] }, "bad_answer"],
    ["a vector without direction", 200, { embeddings: [[0, 0]] }, "bad_answer"],
    ["too few vectors", 200, { embeddings: [] }, "bad_answer"],
    ["vectors of two lengths", 200, { embeddings: [[1], [1, 2]] }, "bad_answer"],
    ["a redirection", 302, "", "refused"],
  ])("%s is told apart", async (_, status, body, problem) => {
    const { url, seen } = await serve((_one, response) => {
      response.setHeader("location", "http://127.0.0.1:9/elsewhere");
      send(response, status, body);
    });
    const { embedder } = await find(ollamaAt(url));
    const texts = status === 200 && JSON.stringify(body).includes("[1],[1,2]") ? ["a", "b"] : ["a"];
    await expect(embedder.embed(texts, "document")).rejects.toMatchObject({
      name: "EmbedderError",
      problem,
    });
    expect(seen.length).toBe(1);
  });

  test("nobody there is unavailable", async () => {
    const { embedder } = await find(ollamaAt("http://127.0.0.1:9"));
    await expect(embedder.embed(["a"], "query")).rejects.toMatchObject({ problem: "unavailable" });
  });

  test("gets two minutes to load its model, then half a minute", async () => {
    const fake = createFakeClock();
    let answers = true;
    const { url, seen, abandoned } = await serve((_, response) => {
      if (answers) send(response, 200, { embeddings: [[1]] });
    });
    const { embedder } = await find(ollamaAt(url), { clock: fake });
    const asked = async (patienceMs: number): Promise<void> => {
      const count = seen.length;
      const outcome = embedder.embed(["a"], "document").catch((error: unknown) => error);
      await expect.poll(() => seen.length).toBe(count + 1);
      const before = abandoned();
      await fake.advance(patienceMs - 1);
      expect(abandoned()).toBe(before);
      await fake.advance(1);
      expect(await outcome).toMatchObject({ problem: "unavailable" });
      await expect.poll(abandoned).toBe(before + 1);
    };
    answers = false;
    await asked(120_000);
    answers = true;
    await embedder.embed(["a"], "document");
    answers = false;
    await asked(30_000);
    // It may have been started anew.
    await asked(120_000);
  });

  test("a question that is not waited for any longer does not end the loading of the model", async () => {
    let loaded: () => void = () => undefined;
    const { url, abandoned, seen } = await serve((_, response) => {
      loaded = () => send(response, 200, { embeddings: [[1, 2]] });
    });
    const { embedder, source } = await find(ollamaAt(url));
    const patience = new AbortController();
    const asked = embedder.embed(["a"], "query", patience.signal);
    await expect.poll(() => seen.length).toBe(1);
    patience.abort();
    await expect(asked).rejects.toMatchObject({ problem: "unavailable" });
    loaded();
    await expect.poll(() => embedder.dims).toBe(2);
    expect(abandoned()).toBe(0);
    // The end of the service does.
    const last = embedder.embed(["b"], "query");
    await expect.poll(() => seen.length).toBe(2);
    source.close();
    await expect(last).rejects.toMatchObject({ problem: "unavailable" });
    await expect.poll(abandoned).toBe(1);
  });
});

describe("an endpoint that speaks OpenAI's way", () => {
  const KEY = "sk-test-of-a-secret";
  const at = (url: string): EmbeddingSetting => ({
    ...{ mode: "openai", url: `${url}/v1`, model: "text-embedding-3-small", key: KEY, prefixes: {} },
  });

  test("gets the key; its vectors are put in order", async () => {
    const { url, seen } = await serve((_, response) =>
      send(response, 200, {
        data: [
          { index: 1, embedding: [2, 0] },
          { index: 0, embedding: [1, 0] },
        ],
      }),
    );
    const { embedder, source } = await find(at(url));
    expect(await embedder.embed(["a", "b"], "query")).toEqual([Float32Array.of(1, 0), Float32Array.of(2, 0)]);
    expect(seen).toEqual([
      {
        ...{ method: "POST", url: "/v1/embeddings", authorization: `Bearer ${KEY}` },
        body: { model: "text-embedding-3-small", input: ["a", "b"], encoding_format: "float" },
      },
    ]);
    expect(source.named(embedder.model)).toBe(embedder);
    expect(source.named("ollama/nomic-embed-text")).toBeNull();
  });

  test.each([
    [401, `Incorrect API key provided: ${KEY}`],
    [500, `Incorrect API key provided: ${KEY.slice(0, 9)}***`],
    [403, `Bearer ${KEY} is nobody we know`],
  ])("that answers %d is an error, without the key", async (status, message) => {
    const { url } = await serve((_, response) => send(response, status, { error: { message } }));
    const { embedder } = await find(at(url));
    const error = await embedder.embed(["a"], "query").catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ problem: "refused" });
    expect(String(error)).not.toContain(KEY.slice(0, 9));
  });
});

describe("requests", () => {
  const openAiAt = (url: string): EmbeddingSetting => ({
    ...{ mode: "openai", url, model: "m", key: null, prefixes: {} },
  });

  test("to a server of one's own may take two minutes until it has answered once, then thirty seconds", async () => {
    const clock = createFakeClock();
    let isHanging = true;
    const { url, seen } = await serve((_, response) => {
      if (!isHanging) send(response, 200, { data: [{ index: 0, embedding: [1] }] });
    });
    const { embedder } = await find(openAiAt(url), { clock });
    const failureAfter = async (ms: number) => {
      const asked = seen.length;
      let failed = false;
      const over = embedder.embed(["a"], "query").catch(() => {
        failed = true;
      });
      await expect.poll(() => seen.length).toBe(asked + 1);
      await clock.advance(ms - 1);
      const before = failed;
      await clock.advance(1);
      await over;
      return [before, failed];
    };
    expect(await failureAfter(120_000)).toEqual([false, true]);
    isHanging = false;
    await embedder.embed(["a"], "query");
    isHanging = true;
    expect(await failureAfter(30_000)).toEqual([false, true]);
  });

  test("have a connection of their own: one that was kept may be closed by now", async () => {
    const ports = new Set<number | undefined>();
    const { url } = await serve((_, response) => {
      ports.add(response.socket?.remotePort);
      send(response, 200, { data: [{ index: 0, embedding: [1] }] });
    });
    const { embedder } = await find(openAiAt(url));
    for (let n = 0; n < 3; n++) await embedder.embed(["a"], "query");
    expect(ports.size).toBe(3);
  });

  test("whose answer never ends are given up", async () => {
    const piece = Buffer.alloc(4 * 1_048_576, " ");
    const { url, abandoned } = await serve((_, response) => {
      const more = (): void => void (response.destroyed || response.write(piece, more));
      more();
    });
    const { embedder } = await find(openAiAt(url));
    await expect(embedder.embed(["a"], "query")).rejects.toMatchObject({
      problem: "unavailable",
      message: expect.stringContaining("the answer is too long"),
    });
    await expect.poll(abandoned).toBe(1);
  });

  test("that nobody waits for any more fail at once", async () => {
    const { url } = await serve(() => undefined);
    const { embedder } = await find(openAiAt(url));
    await expect(embedder.embed(["a"], "query", AbortSignal.abort())).rejects.toMatchObject({
      problem: "unavailable",
    });
  });
});

describe("without a setting", () => {
  const auto = { mode: "auto", keepAlive: "30m", prefixes: {} } as const;
  const withModels = (...names: string[]) =>
    serve((_, response) => send(response, 200, { models: names.map((name) => ({ name })) }));

  test("an Ollama on this machine is used when it has a model for it, and is sent nothing before", async () => {
    const { url, seen } = await withModels("llama3.2:latest", "bge-m3:latest");
    const source = createEmbedders(auto, { clock, localOllama: url });
    expect((await source.find(null))?.model).toBe("ollama/bge-m3");
    expect(seen).toEqual([...[{ method: "GET", url: "/api/tags", authorization: undefined, body: {} }]]);
    expect(source.choice).toBe("looked_for");
  });

  test("of several the one that the vectors there are were made with", async () => {
    const { url } = await withModels("nomic-embed-text:latest", "bge-m3:567m");
    const source = createEmbedders(auto, { clock, localOllama: url });
    expect((await source.find(null))?.model).toBe("ollama/nomic-embed-text");
    expect((await source.find("ollama/bge-m3:567m"))?.model).toBe("ollama/bge-m3:567m");
  });

  test("one without such a model is let be, and so is one that is not there", async () => {
    const { url } = await withModels("llama3.2:latest");
    expect(await createEmbedders(auto, { clock, localOllama: url }).find(null)).toBeNull();
    expect(await createEmbedders(auto, { clock, localOllama: "http://127.0.0.1:9" }).find(null)).toBeNull();
    expect(await createEmbedders({ mode: "off" }, { clock }).find(null)).toBeNull();
  });
});

describe("the environment", () => {
  const read = (source: Record<string, string>) => {
    const result = readApiConfig(source);
    return result.ok ? result.value : result.problems.map(({ name }) => name);
  };

  test("names nothing: looked for on this machine alone", () => {
    expect(read({})).toMatchObject({ embedding: { mode: "auto" } });
  });

  test("the ancestor's names say where Ollama is", () => {
    expect(read({ OLLAMA_BASE_URL: "http://10.0.0.5:11434/" })).toMatchObject({
      embedding: {
        mode: "ollama",
        url: "http://10.0.0.5:11434",
        model: "nomic-embed-text",
        keepAlive: "30m",
      },
    });
    expect(read({ OLLAMA_EMBED_MODEL: "bge-m3" })).toMatchObject({
      embedding: { mode: "ollama", url: "http://127.0.0.1:11434", model: "bge-m3" },
    });
    expect(read({ OLLAMA_BASE_URL: "http://127.0.0.1:1", STEWARD_EMBEDDER: "off" })).toMatchObject({
      embedding: { mode: "off" },
    });
  });

  test("OpenAI's own endpoint wants a key, and no other server is shown the general one", () => {
    expect(read({ STEWARD_EMBEDDER: "openai" })).toEqual(["STEWARD_EMBED_KEY"]);
    expect(read({ STEWARD_EMBEDDER: "openai", OPENAI_API_KEY: "sk-general" })).toMatchObject({
      embedding: { mode: "openai", key: "sk-general", url: "https://api.openai.com/v1" },
    });
    const own = { STEWARD_EMBEDDER: "openai", STEWARD_EMBED_URL: "http://127.0.0.1:9/v1" };
    expect(read({ ...own, OPENAI_API_KEY: "sk-general" })).toMatchObject({ embedding: { key: null } });
    expect(read({ ...own, STEWARD_EMBED_KEY: "sk-own" })).toMatchObject({
      embedding: { key: "sk-own" },
      secrets: ["sk-own"],
    });
  });

  test("what cannot be right is told by its name", () => {
    const wrong = { STEWARD_EMBEDDER: "magic", OLLAMA_BASE_URL: "ftp://x", STEWARD_EMBED_KEEP_ALIVE: "soon" };
    expect(read(wrong)).toEqual(["STEWARD_EMBEDDER", "OLLAMA_BASE_URL", "STEWARD_EMBED_KEEP_ALIVE"]);
  });
});
