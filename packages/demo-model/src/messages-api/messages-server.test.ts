import { connect } from "node:net";
import { createIds } from "@steward/platform/ids";
import { createMemoryLogger } from "@steward/platform/logger";
import { afterEach, describe, expect, test } from "vitest";
import { messagesBody, postJson, readEvents, readText, type SseEvent } from "../../test/call-model.ts";
import { ClientGone, type Exchange } from "./exchange.ts";
import { type RunningServer, startMessagesServer } from "./messages-server.ts";

const KEY = "sk-test-key";
const running: RunningServer[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

async function start(answer: (exchange: Exchange) => Promise<void> = sayHello) {
  const { log, lines } = createMemoryLogger();
  const server = await startMessagesServer({
    host: "127.0.0.1",
    port: 0,
    apiKey: KEY,
    ids: createIds(),
    log,
    answer,
  });
  running.push(server);
  return { server, messages: `${server.url}/v1/messages?beta=true`, lines };
}

async function sayHello(exchange: Exchange): Promise<void> {
  const writer = await exchange.begin({ inputTokens: 3, headers: { "x-extra": "yes" } });
  await writer.text("hello");
  await writer.finish();
}

describe("the Messages API over HTTP", () => {
  test("streams an answer with its own headers and a request id", async () => {
    const { messages } = await start();
    const response = await postJson(messages, KEY, messagesBody("hi"));
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    expect(response.headers.get("request-id")).toMatch(/^req_[0-9a-f]{32}$/);
    expect(response.headers.get("x-extra")).toBe("yes");
    expect(await readText(response)).toBe("hello");
  });

  test("answers stream:false with one message", async () => {
    const { messages } = await start();
    const response = await postJson(messages, KEY, messagesBody("hi", { stream: false }));
    expect(await response.json()).toMatchObject({
      type: "message",
      content: [{ type: "text", text: "hello" }],
      stop_reason: "end_turn",
    });
  });

  test("takes the key as a bearer token too", async () => {
    const { messages } = await start();
    const headers = {
      authorization: `Bearer ${KEY}`,
      "content-type": "application/json",
      "anthropic-version": "1",
    };
    const body = JSON.stringify(messagesBody("hi"));
    expect((await fetch(messages, { method: "POST", headers, body })).status).toBe(200);
  });

  test("answers HEAD / without a key, and counts tokens", async () => {
    const { server } = await start();
    expect((await fetch(server.url, { method: "HEAD" })).status).toBe(200);
    const counted = await postJson(`${server.url}/v1/messages/count_tokens`, KEY, {
      model: "m",
      messages: [{ role: "user", content: "x".repeat(4000) }],
    });
    expect(await counted.json()).toEqual({ input_tokens: expect.closeTo(1015, -2) });
  });

  const refusals: readonly (readonly [string, string, RequestInit, number, string])[] = [
    ["an unknown route", "/v1/models", {}, 404, "not_found_error"],
    ["another method", "/v1/messages", {}, 405, "invalid_request_error"],
    ["no key", "/v1/messages", { method: "POST", body: "{}" }, 401, "authentication_error"],
    [
      "a wrong key",
      "/v1/messages",
      { method: "POST", body: "{}", headers: { "x-api-key": "other" } },
      401,
      "authentication_error",
    ],
    [
      "no version",
      "/v1/messages",
      { method: "POST", body: "{}", headers: { "x-api-key": KEY } },
      400,
      "invalid_request_error",
    ],
    [
      "a malformed request",
      "/v1/messages",
      { method: "POST", body: "{", headers: { "x-api-key": KEY, "anthropic-version": "1" } },
      400,
      "invalid_request_error",
    ],
    [
      "a body beyond 32 MB",
      "/v1/messages",
      { method: "POST", body: "x".repeat(33 * 1024 * 1024), headers: { "x-api-key": KEY } },
      413,
      "request_too_large",
    ],
  ];
  test.each(refusals)("refuses %s in the API's error shape", async (_name, path, init, status, type) => {
    const { server } = await start();
    const response = await fetch(server.url + path, init);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({
      type: "error",
      error: { type, message: expect.any(String) },
      request_id: response.headers.get("request-id"),
    });
  });

  test("listens on loopback only", async () => {
    const options = {
      port: 0,
      apiKey: KEY,
      ids: createIds(),
      log: createMemoryLogger().log,
      answer: sayHello,
    };
    await expect(startMessagesServer({ ...options, host: "0.0.0.0" })).rejects.toThrow("Refusing to listen");
  });

  test("a port that is taken is an error, not a hang", async () => {
    const { server } = await start();
    const options = { apiKey: KEY, ids: createIds(), log: createMemoryLogger().log, answer: sayHello };
    await expect(
      startMessagesServer({ ...options, host: "127.0.0.1", port: server.port }),
    ).rejects.toMatchObject({ code: "EADDRINUSE" });
  });
});

describe("when an answer goes wrong", () => {
  test("a failure before the first byte is a 500", async () => {
    const { messages, lines } = await start(async () => Promise.reject(new Error("no idea")));
    const response = await postJson(messages, KEY, messagesBody("hi"));
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ error: { type: "api_error" } });
    expect(lines).toHaveLength(1);
  });

  test("a failure in the middle of a stream is an error event, then the end", async () => {
    const { messages } = await start(async (exchange) => {
      const writer = await exchange.begin({ inputTokens: 1 });
      await writer.text("half");
      throw new Error("no idea");
    });
    let last: SseEvent | null = null;
    for await (const event of readEvents(await postJson(messages, KEY, messagesBody("hi")))) last = event;
    expect(last).toMatchObject({ event: "error", data: { error: { type: "api_error" } } });
  });

  test("an answer that is never finished is a 500 too", async () => {
    const { messages } = await start(async () => undefined);
    expect((await postJson(messages, KEY, messagesBody("hi"))).status).toBe(500);
  });

  test("a client that hangs up aborts the exchange and is no error", async () => {
    const { promise: lateWrite, resolve } = deferred<unknown>();
    const { messages, lines } = await start(async (exchange) => {
      const writer = await exchange.begin({ inputTokens: 1 });
      await writer.text("first");
      await new Promise((done) => exchange.signal.addEventListener("abort", done, { once: true }));
      const write = writer.text("more");
      resolve(write.catch((error: unknown) => error));
      await write;
    });
    const response = await postJson(messages, KEY, messagesBody("hi"));
    await response.body?.cancel();
    expect(await lateWrite).toBeInstanceOf(ClientGone);
    expect(lines).toEqual([]);
  });

  test("a client that hangs up while it sends is no error", async () => {
    const { server, lines } = await start();
    const socket = connect(server.port, "127.0.0.1");
    socket.write(
      "POST /v1/messages HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 99\r\n\r\nhalf",
    );
    // "100 Continue": the request is being read.
    await new Promise((resolve) => socket.once("data", resolve));
    socket.destroy();
    await server.close();
    expect(lines).toEqual([]);
  });
});

function deferred<T>(): { promise: Promise<T>; resolve: (value: T | Promise<T>) => void } {
  let resolve: (value: T | Promise<T>) => void = () => undefined;
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
