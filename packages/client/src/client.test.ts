import { createServer, type RequestListener, type Server } from "node:http";
import { listAccess, revokeAccess } from "@steward/contract/access";
import { getChatSession } from "@steward/contract/chat-history";
import { gatewaySend, gatewaySendStream } from "@steward/contract/gateway";
import { legacyApiHealth, readyz } from "@steward/contract/health";
import { submitTurn } from "@steward/contract/turns";
import { Hono } from "hono";
import { afterEach, describe, expect, test } from "vitest";
import { ApiError, ApiUnreachable, createClient } from "./client.ts";

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

const listen = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no address");
  return `http://127.0.0.1:${address.port}`;
};

/** An in-process API that tells what it was asked. */
const echo = (answer: unknown, status: 200 | 201 | 202 = 200) => {
  const seen: { method: string; url: string; headers: Headers; body: string }[] = [];
  const app = new Hono();
  app.all("*", async (c) => {
    const { method, url, headers } = c.req.raw;
    seen.push({ method, url, headers, body: await c.req.text() });
    return c.json(answer, status);
  });
  return { fetch: app.request, seen };
};

describe("the request", () => {
  test("has encoded path parameters, the query without undefined fields, and the token", async () => {
    const api = echo({ revoked: true });
    const client = createClient({ baseUrl: "http://api.test/prefix/", token: "secret", fetch: api.fetch });
    await client.call(revokeAccess, { params: { botId: "a/b", userId: "1?x" } });
    expect(api.seen[0]?.method).toBe("DELETE");
    expect(api.seen[0]?.url).toBe("http://api.test/prefix/api/v1/access/a%2Fb/1%3Fx");
    expect(api.seen[0]?.headers.get("authorization")).toBe("Bearer secret");
    expect(api.seen[0]?.headers.get("content-type")).toBeNull();

    const list = echo([]);
    const other = createClient({ baseUrl: "http://api.test", fetch: list.fetch });
    await other.call(listAccess, { query: { botId: undefined } });
    await other.call(listAccess, { query: { botId: "b" } });
    await other.call(listAccess);
    expect(list.seen.map(({ url }) => url)).toEqual([
      "http://api.test/api/v1/access",
      "http://api.test/api/v1/access?botId=b",
      "http://api.test/api/v1/access",
    ]);
    expect(list.seen[0]?.headers.get("authorization")).toBeNull();
  });

  test("carries a JSON body with its content type, and the record's headers", async () => {
    const answer = { turnId: "0190a5b0-7c3e-7000-8000-000000000001", state: "queued", duplicate: false };
    const api = echo(answer, 202);
    const client = createClient({ baseUrl: "http://api.test", fetch: api.fetch });
    const result = await client.call(submitTurn, {
      headers: { "idempotency-key": "k1" },
      body: { botId: "web", chatId: "1", text: "héllo" },
    });
    expect(result).toEqual(answer);
    expect(api.seen[0]?.headers.get("idempotency-key")).toBe("k1");
    expect(api.seen[0]?.headers.get("content-type")).toBe("application/json");
    expect(JSON.parse(api.seen[0]?.body ?? "")).toEqual({ botId: "web", chatId: "1", text: "héllo" });
  });

  test("turns the address's user-info into Basic authentication; a token wins over it", async () => {
    const api = echo({ status: "ok" });
    await createClient({ baseUrl: "http://any:s%40cret@api.test", fetch: api.fetch }).call(legacyApiHealth);
    await createClient({ baseUrl: "http://any:x@api.test", token: "t", fetch: api.fetch }).call(
      legacyApiHealth,
    );
    expect(api.seen.map(({ url }) => url)).toEqual(Array(2).fill("http://api.test/api/health"));
    expect(api.seen.map(({ headers }) => headers.get("authorization"))).toEqual([
      `Basic ${btoa("any:s@cret")}`,
      "Bearer t",
    ]);
  });

  test("is relative in a page that the API serves", async () => {
    const urls: string[] = [];
    const client = createClient({
      baseUrl: "",
      fetch: (url) => {
        urls.push(url);
        return Response.json({ status: "ok" });
      },
    });
    await client.call(legacyApiHealth);
    expect(urls).toEqual(["/api/health"]);
  });
});

describe("the answer", () => {
  const call = (body: string, status: number) =>
    createClient({ baseUrl: "http://api.test", fetch: () => new Response(body, { status }) });

  test("leading white space is fine: it is the gateway's keep-alive", async () => {
    const answer = '\n \n{"response":"hi","session_key":"1"}';
    const result = await call(answer, 200).call(gatewaySend, { body: { chat_id: "1", message: "hello" } });
    expect(result.response).toBe("hi");
  });

  test("fields that the record does not know are dropped", async () => {
    expect(await call('{"status":"ok","more":1}', 200).call(legacyApiHealth)).toEqual({ status: "ok" });
  });

  test("a refusal becomes an ApiError with its status, code and detail", async () => {
    const problem = { type: "too_small", loc: ["query", "limit"], msg: "must be 0 or more" };
    const body = JSON.stringify({ detail: [problem], code: "validation_failed" });
    const attempt = call(body, 422).call(getChatSession, {
      params: { session_id: "x" },
      query: { limit: -1 },
    });
    await expect(attempt).rejects.toMatchObject({
      name: "ApiError",
      status: 422,
      code: "validation_failed",
      detail: [problem],
      message: "query.limit: must be 0 or more",
    });
  });

  test("a refusal in another shape keeps its body for those who know it", async () => {
    const body = { status: "failing", components: [{ name: "database", ok: false }] };
    const attempt = call(JSON.stringify(body), 503).call(readyz);
    await expect(attempt).rejects.toMatchObject({ status: 503, code: "invalid_response", body });
    await expect(call("<html>", 502).call(readyz)).rejects.toMatchObject({
      status: 502,
      detail: "HTTP 502: <html>",
    });
  });

  test.each(["", "nothing", '{"status":"well"}'])(
    "an answer the record does not allow is an error: %j",
    async (text) => {
      const attempt = call(text, 200).call(legacyApiHealth);
      await expect(attempt).rejects.toMatchObject({ status: 200, code: "invalid_response" });
      await expect(attempt).rejects.toBeInstanceOf(ApiError);
    },
  );

  test("asking a streaming endpoint for a JSON answer is a mistake that shows at once", async () => {
    const client = createClient({ baseUrl: "http://api.test", fetch: () => new Response() });
    await expect(
      client.call(gatewaySendStream, { body: { chat_id: "1", message: "" } }),
    ).rejects.toBeInstanceOf(TypeError);
  });
});

describe("without an answer", () => {
  test("nobody listening is ApiUnreachable, with the reason", async () => {
    const baseUrl = await listen(() => undefined);
    servers.splice(0)[0]?.close();
    const attempt = createClient({ baseUrl }).call(legacyApiHealth);
    await expect(attempt).rejects.toBeInstanceOf(ApiUnreachable);
    await expect(attempt).rejects.toThrow(/ECONNREFUSED/);
  });

  test("a connection cut in the middle of the body is ApiUnreachable", async () => {
    const baseUrl = await listen((_, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": 100 });
      response.write('{"status"', () => response.destroy());
    });
    await expect(createClient({ baseUrl }).call(legacyApiHealth)).rejects.toBeInstanceOf(ApiUnreachable);
  });

  test("a call that takes too long is ApiUnreachable", async () => {
    const baseUrl = await listen(() => undefined);
    const attempt = createClient({ baseUrl, timeoutMs: 30 }).call(legacyApiHealth);
    await expect(attempt).rejects.toBeInstanceOf(ApiUnreachable);
    await expect(createClient({ baseUrl }).call(legacyApiHealth, { timeoutMs: 30 })).rejects.toBeInstanceOf(
      ApiUnreachable,
    );
  });

  test("the caller's abort comes back as the caller's reason", async () => {
    const baseUrl = await listen(() => undefined);
    const controller = new AbortController();
    const attempt = createClient({ baseUrl }).call(legacyApiHealth, { signal: controller.signal });
    const reason = new Error("changed my mind");
    controller.abort(reason);
    await expect(attempt).rejects.toBe(reason);
  });

  test("a redirect is never followed: it would show the token to a stranger", async () => {
    const asked: (string | undefined)[] = [];
    const baseUrl = await listen((request, response) => {
      asked.push(request.url);
      response.writeHead(307, { location: "/elsewhere" }).end();
    });
    const attempt = createClient({ baseUrl, token: "secret" }).call(legacyApiHealth);
    await expect(attempt).rejects.toBeInstanceOf(ApiUnreachable);
    expect(asked).toEqual(["/api/health"]);
  });
});
