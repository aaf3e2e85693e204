import { expect, onTestFinished, test } from "vitest";
import { startFakeEmbeddings } from "./fake-embeddings.ts";
import { meaningVector } from "./meaning-vectors.ts";

const start = async (options?: Parameters<typeof startFakeEmbeddings>[0]) => {
  const server = await startFakeEmbeddings(options);
  onTestFinished(() => server.close());
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(server.url + path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  const embed = (input: string[], more: object = {}) =>
    post("/api/embed", { model: "nomic-embed-text", input, keep_alive: "5m", truncate: false, ...more });
  return { server, post, embed };
};

const cosine = (a: number[], b: number[]): number => a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);

test("words that mean the same are near, in any language; others are not", () => {
  const car = meaningVector("search_query: where is my car", 64);
  const near = ["where is my automobile", "search_document: where is my vehicle", "where is my 汽车"].map(
    (text) => cosine(car, meaningVector(text, 64)),
  );
  for (const similarity of near) expect(similarity).toBeCloseTo(1, 6);
  expect(cosine(car, meaningVector("a recipe for bread", 64))).toBeLessThan(0.5);
  expect(Math.hypot(...meaningVector("🎉", 64))).toBe(1);
});

test("answers as Ollama does, and lists what it has", async () => {
  const { server, embed } = await start({ dims: 8 });
  const answer = (await (await embed(["a", "b"])).json()) as { embeddings: number[][] };
  expect(Object.keys(answer)).toEqual([
    ...["model", "embeddings", "total_duration", "load_duration", "prompt_eval_count"],
  ]);
  expect(answer.embeddings).toEqual([meaningVector("a", 8), meaningVector("b", 8)]);
  const missing = await embed(["a"], { model: "bge-m3" });
  expect([missing.status, await missing.json()]).toEqual([
    ...[404, { error: 'model "bge-m3" not found, try pulling it first' }],
  ]);
  expect(await (await fetch(`${server.url}/api/tags`)).json()).toMatchObject({
    models: [{ name: "nomic-embed-text:latest" }],
  });
  expect(server.violations).toEqual([]);
});

test("answers as OpenAI does, to who has the key", async () => {
  const { server, post } = await start({ key: "k", dims: 8 });
  const body = { model: "nomic-embed-text", input: ["a", "b"] };
  expect((await post("/v1/embeddings", body)).status).toBe(401);
  const answer = await post("/v1/embeddings", body, { authorization: "Bearer k" });
  const { data } = (await answer.json()) as { data: { index: number; embedding: number[] }[] };
  expect(data.map(({ index }) => index)).toEqual([1, 0]);
  expect(data[0]?.embedding).toEqual(meaningVector("b", 8));
  expect(server.violations).toEqual(["Incorrect API key"]);
});

test.each([
  [{ input: [] }, "input is no list of texts"],
  [{ input: [""] }, "an input is empty or no text"],
  [{ input: ["\ud83d"] }, "an input holds half a character"],
  [{ model: "" }, "model is missing"],
  [{ truncate: true }, "truncate is not false"],
  [{ keep_alive: "soon" }, 'keep_alive is no duration: "soon"'],
  [{ prompt: "x" }, "unknown field prompt"],
])("does not take %j", async (wrong, violation) => {
  const { server, embed } = await start();
  expect((await embed(["a"], wrong)).status).toBe(400);
  expect(server.violations).toEqual([violation]);
});

test("breaks as it is told to", async () => {
  const { server, embed } = await start({ dims: 4 });
  server.fail(500, 1);
  expect(await (await embed(["a"])).json()).toEqual({ error: "injected" });
  server.fail("nan", 1);
  await expect((await embed(["a"])).json()).rejects.toThrow(SyntaxError);
  server.fail("null", 1);
  expect(await (await embed(["a"])).text()).toContain("[[null,");
  server.fail("too_few", 1);
  expect(await (await embed(["a"])).text()).toContain('"embeddings":[]');
  server.fail("cut", 1);
  await expect((await embed(["a"])).json()).rejects.toThrow();
  server.failFor("poison", 500);
  expect([(await embed(["fine"])).status, (await embed(["fine", "poison"])).status]).toEqual([200, 500]);
  server.heal();
  server.setContextChars(3);
  expect([(await embed(["four"])).status, (await embed(["yes"])).status]).toEqual([400, 200]);
  server.unload(30);
  await expect(
    fetch(`${server.url}/api/embed`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "nomic-embed-text", input: ["a"], truncate: false }),
      signal: AbortSignal.timeout(5),
    }),
  ).rejects.toThrow();
  await expect.poll(() => server.abandoned()).toBe(1);
  await server.goDown();
  await expect(embed(["a"])).rejects.toThrow();
  await server.comeBack();
  expect((await embed(["yes"])).status).toBe(200);
});
