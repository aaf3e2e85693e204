import { request } from "node:http";
import { ENDPOINTS } from "@steward/contract/endpoints";
import { DomainError, errorBodySchema } from "@steward/contract/errors";
import { describe, expect, test } from "vitest";
import { errorResponse } from "../src/http/error-response.ts";
import { createApiFixture, TOKEN } from "./api-fixture.ts";

const json = (body: unknown) => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

describe("an answer", () => {
  test("forbids caching, framing, sniffing and scripts, refusals included", async () => {
    const api = await createApiFixture();
    for (const response of [
      await api.fetch("/healthz"),
      await api.fetch("/nowhere"),
      await api.fetch("/api/v1/bots", { headers: { authorization: "" } }),
    ]) {
      expect(response.headers.get("cache-control")).toBe("no-store");
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
      expect(response.headers.get("x-frame-options")).toBe("DENY");
      expect(response.headers.get("referrer-policy")).toBe("no-referrer");
      expect(response.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
      expect(response.headers.get("access-control-allow-origin")).toBeNull();
    }
  });

  test("is the same with a trailing slash, and never a redirect", async () => {
    const api = await createApiFixture();
    for (const path of ["/health", "/api/health", "/api/chat/sessions", "/api/v1/bots"]) {
      const plain = await api.fetch(path);
      const slashed = await api.fetch(`${path}/`);
      expect([plain.status, slashed.status]).toEqual([200, 200]);
    }
    expect((await api.fetch("/api/chat/sessions/?bot_id=x")).status).toBe(200);
    const posted = await api.fetch("/api/gateway/stop/", json({ chat_id: "1" }));
    expect(await posted.json()).toEqual({ stopped: false });
  });

  test("to HEAD has no body, and opens no stream", async () => {
    const api = await createApiFixture();
    expect((await api.fetch("/healthz", { method: "HEAD" })).status).toBe(200);
    const stream = await api.fetch("/api/v1/deliveries/stream?botId=b", { method: "HEAD" });
    expect(stream.status).toBe(200);
    expect(await stream.text()).toBe("");
    expect(api.streams.size).toBe(0);
  });
});

describe("a path or method that is not there", () => {
  test("is Not Found, in the error shape", async () => {
    const api = await createApiFixture();
    for (const path of ["/", "/api", "/api/v1/nothing", "/api/v1/turns/x/y/z"]) {
      const response = await api.fetch(path);
      expect(response.status).toBe(404);
      expect(await response.json()).toEqual({ detail: "Not Found", code: "not_found" });
    }
  });

  test("is Method Not Allowed where the path exists, with the methods it has", async () => {
    const api = await createApiFixture();
    const response = await api.fetch("/api/v1/pairing/requests", { method: "DELETE" });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("GET, POST");
    expect(await response.json()).toEqual({ detail: "Method Not Allowed", code: "method_not_allowed" });
    const withParameter = await api.fetch("/api/chat/sessions/gw-a-1", { method: "PUT" });
    expect(withParameter.status).toBe(405);
  });

  test("is refused without the token before it is looked for", async () => {
    const api = await createApiFixture();
    expect((await api.fetch("/nowhere", { headers: { authorization: "" } })).status).toBe(401);
    expect((await api.fetch("/healthz", { method: "POST", headers: { authorization: "" } })).status).toBe(
      401,
    );
  });
});

describe("a request that does not fit", () => {
  test("is told every problem, in the ancestor's list shape", async () => {
    const api = await createApiFixture();
    const response = await api.fetch("/api/gateway/send", json({ chat_id: 42, bot_id: "../x" }));
    expect(response.status).toBe(422);
    const body = errorBodySchema.parse(await response.json());
    expect(body.code).toBe("validation_failed");
    expect(body.detail).toEqual(
      expect.arrayContaining([
        { type: "invalid_type", loc: ["body", "chat_id"], msg: expect.any(String), input: 42 },
        { type: "missing", loc: ["body", "message"], msg: "is required" },
        { type: "invalid_format", loc: ["body", "bot_id"], msg: expect.any(String), input: "../x" },
      ]),
    );
  });

  test("is told where: path, query or header", async () => {
    const api = await createApiFixture();
    const locations = async (path: string, init?: Parameters<typeof api.fetch>[1]) => {
      const response = await api.fetch(path, init);
      expect(response.status).toBe(422);
      const { detail } = errorBodySchema.parse(await response.json());
      return typeof detail === "string" ? detail : detail.map(({ loc }) => loc.join("."));
    };
    expect(await locations("/api/v1/turns/not-a-uuid")).toEqual(["path.turnId"]);
    expect(await locations("/api/chat/sessions/x?limit=-1")).toEqual(["query.limit"]);
    const turn = { botId: "b", chatId: "1", text: "x" };
    expect(await locations("/api/v1/turns", json(turn))).toEqual(["header.idempotency-key"]);
    expect(await locations("/api/gateway/stop", { method: "POST" })).toEqual(["body"]);
  });

  test("is not sent its own long values back", async () => {
    const api = await createApiFixture();
    const long = `x${"y".repeat(5_000)}`;
    const response = await api.fetch("/api/gateway/stop", json({ chat_id: long }));
    expect(response.status).toBe(422);
    expect(await response.text()).not.toContain("yyyy");
  });

  test("with fields nobody knows fits: they are ignored", async () => {
    const api = await createApiFixture();
    const response = await api.fetch("/api/gateway/stop", json({ chat_id: "1", bot_token: "x", more: [1] }));
    expect(response.status).toBe(200);
  });
});

describe("a failure", () => {
  test("that was expected carries its code and status", async () => {
    const { response, expected } = errorResponse(new DomainError("queue_full", "Too many"));
    expect(expected).toBe(true);
    expect(response.status).toBe(429);
    expect(response.headers.get("retry-after")).toBe("5");
    expect(await response.json()).toEqual({ detail: "Too many", code: "queue_full" });
  });

  test("that nobody foresaw tells nothing but that it happened; the log has the rest", async () => {
    const api = await createApiFixture();
    api.app.get("/boom", () => {
      throw new Error("what nobody should read");
    });
    const response = await api.fetch("/boom");
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ detail: "Internal Server Error", code: "internal_error" });
    expect(api.logLines.find(({ msg }) => msg === "request failed")).toMatchObject({
      level: "error",
      err: { message: "what nobody should read" },
    });
  });

  test.each([
    ["SQLITE_BUSY", 503, "database_busy"],
    ["SQLITE_BUSY_SNAPSHOT", 503, "database_busy"],
    ["SQLITE_FULL", 507, "storage_full"],
    ["SQLITE_IOERR_WRITE", 507, "storage_full"],
    ["SQLITE_READONLY", 507, "storage_full"],
    ["ENOSPC", 507, "storage_full"],
  ])("of the storage, %s, is told as such, however deep it lies", async (code, status, told) => {
    const cause = Object.assign(new Error("disk"), { code });
    const { response } = errorResponse(new Error("query failed", { cause }));
    expect(response.status).toBe(status);
    expect(response.headers.get("retry-after")).not.toBeNull();
    const body = (await response.json()) as { code: string; detail: string };
    expect(body.code).toBe(told);
    // The commit may have gone before: what can be said is what to do.
    expect(body.detail).not.toContain("nothing was done");
    expect(body.detail).toMatch(/send this again.*same Idempotency-Key/);
  });
});

describe("the request log", () => {
  test("has one line per request, with the route and never the address, a header or a body", async () => {
    const api = await createApiFixture();
    await api.fetch("/api/chat/sessions/gw-a-canary1?limit=1");
    await api.fetch("/api/v1/canary2");
    await api.fetch("/api/gateway/stop", json({ chat_id: "canary3" }));
    const lines = api.logLines.filter(({ msg }) => msg === "request");
    expect(lines.map(({ method, route, status }) => ({ method, route, status }))).toEqual([
      { method: "GET", route: "/api/chat/sessions/{session_id}", status: 404 },
      { method: "GET", route: null, status: 404 },
      { method: "POST", route: "/api/gateway/stop", status: 200 },
    ]);
    expect(JSON.stringify(api.logLines)).not.toMatch(/canary|test-token/);
  });
});

describe("over a socket", () => {
  test("a body that grows too large is refused while it is sent, and the server goes on", async () => {
    const api = await createApiFixture();
    const { url, port } = await api.listen();
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const upload = request({
        port,
        method: "POST",
        path: "/api/gateway/send",
        headers: {
          authorization: `Bearer ${TOKEN}`,
          "content-type": "application/json",
          "transfer-encoding": "chunked",
        },
      });
      const chunk = Buffer.alloc(1_048_576, " ");
      upload.on("response", (response) => {
        resolve(response.statusCode);
        upload.destroy();
      });
      upload.on("error", reject);
      const more = (): void => void (upload.destroyed || upload.write(chunk, () => setImmediate(more)));
      more();
    });
    expect(status).toBe(413);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  test("an upgrade does not get round the front", async () => {
    const api = await createApiFixture();
    const { port } = await api.listen();
    const ask = (headers: Record<string, string>): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const upgrade = { connection: "Upgrade", upgrade: "websocket" };
        request({ port, path: "/api/v1/deliveries/stream?botId=b", headers: { ...upgrade, ...headers } })
          .on("response", (response) => {
            response.resume();
            resolve(response.statusCode);
          })
          .on("error", reject)
          .end();
      });
    expect(await ask({ host: "evil.example" })).toBe(403);
    expect(await ask({})).toBe(401);
  });

  test("where the request says it comes from grants nothing", async () => {
    const api = await createApiFixture();
    const { url } = await api.listen();
    const headers = { "x-forwarded-for": "127.0.0.1", "x-real-ip": "127.0.0.1", forwarded: "for=127.0.0.1" };
    expect((await fetch(`${url}/api/v1/bots`, { headers })).status).toBe(401);
  });

  test("idle connections are kept longer than the Go client's 90 s", async () => {
    const api = await createApiFixture();
    const { url } = await api.listen();
    const response = await fetch(`${url}/healthz`);
    const seconds = Number(/timeout=(\d+)/.exec(response.headers.get("keep-alive") ?? "")?.[1]);
    expect(seconds).toBeGreaterThanOrEqual(120);
  });
});

test("every endpoint's record is mounted where it says", async () => {
  const api = await createApiFixture();
  const system = await api.client.call(ENDPOINTS.system);
  expect(system).toMatchObject({ mode: "live", version: "0.0.0-test" });
  const health = await api.client.call(ENDPOINTS.legacyHealth);
  expect(health).toEqual({ status: "ok", uptime_seconds: expect.any(Number), active_sessions: 0 });
});
