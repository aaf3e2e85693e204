import { getEventListeners } from "node:events";
import { createFakeClock, createSystemClock } from "@steward/platform/clock";
import { createRedactor } from "@steward/platform/logger";
import { afterEach, describe, expect, test } from "vitest";
import { json, type SeenRequest, startHttpFixture } from "../../test/http-fixture.ts";
import {
  BotApiError,
  BotNetworkError,
  botIdOfToken,
  createBotApi,
  InputFile,
  isChatUnreachable,
  maybeSent,
} from "./bot-api.ts";

const SECRET = "AAHfCanary-secret_0123456789abcdefghij";
const TOKEN = `123456789:${SECRET}`;

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function serve(answer: Parameters<typeof startHttpFixture>[0]) {
  const server = await startHttpFixture(answer);
  cleanups.push(server.stop);
  return { server, api: createApi(server.root) };
}

const createApi = (apiRoot: string, fetch: typeof globalThis.fetch = globalThis.fetch) =>
  createBotApi({ token: TOKEN, apiRoot, fetch, clock: createSystemClock() });

/** Everything an error could show: its own text, its stack, its properties, its causes. */
function everythingIn(error: unknown): string {
  const seen: string[] = [];
  for (let current = error; current instanceof Error; current = current.cause) {
    seen.push(
      String(current),
      current.stack ?? "",
      JSON.stringify(current, Object.getOwnPropertyNames(current)),
    );
  }
  return seen.join("\n");
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  const outcome = await work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ("value" in outcome) throw new Error(`expected a failure, got ${JSON.stringify(outcome.value)}`);
  return outcome.error;
}

describe("a call", () => {
  test("posts JSON to /bot<token>/<method> and resolves with the result", async () => {
    const { server, api } = await serve((_, response) =>
      json(response, 200, { ok: true, result: { id: 7 } }),
    );
    const me = await api.call("getMe", {});
    expect(me.id).toBe(7);
    await api.call("sendMessage", {
      chat_id: 5,
      text: "hi",
      entities: [{ type: "bold", offset: 0, length: 2 }],
    });
    expect(server.seen[0]).toMatchObject({ method: "POST", path: `/bot${TOKEN}/getMe` });
    expect(JSON.parse(server.seen[1]?.body.toString() ?? "")).toEqual({
      chat_id: 5,
      text: "hi",
      entities: [{ type: "bold", offset: 0, length: 2 }],
    });
  });

  test("a root with a path and a trailing slash works, as of a local server behind a proxy", async () => {
    const server = await startHttpFixture((_, response) => json(response, 200, { ok: true, result: true }));
    cleanups.push(server.stop);
    await createApi(`${server.root}/telegram/`).call("logOut", {});
    expect(server.seen[0]?.path).toBe(`/telegram/bot${TOKEN}/logOut`);
  });
});

describe("files", () => {
  const parts = async ({ body, contentType }: SeenRequest): Promise<FormData> =>
    new Response(new Uint8Array(body), { headers: { "content-type": contentType } }).formData();
  const echo = (_: SeenRequest, response: Parameters<typeof json>[0]) =>
    json(response, 200, { ok: true, result: { message_id: 1 } });

  test("go as multipart, and every object beside them as JSON text", async () => {
    const { server, api } = await serve(echo);
    await api.call("sendDocument", {
      chat_id: -100,
      document: new InputFile("file content", "report.md"),
      caption_entities: [{ type: "bold", offset: 0, length: 1 }],
      caption: "x",
      disable_notification: true,
      reply_parameters: { message_id: 4, allow_sending_without_reply: true },
    });
    const [request] = server.seen;
    const form = await parts(request as SeenRequest);
    expect(request?.contentType).toMatch(/^multipart\/form-data; boundary=/);
    expect(form.get("chat_id")).toBe("-100");
    expect(form.get("disable_notification")).toBe("true");
    expect(form.get("reply_parameters")).toBe('{"message_id":4,"allow_sending_without_reply":true}');
    expect(form.get("caption_entities")).toBe('[{"type":"bold","offset":0,"length":1}]');
    const file = form.get("document") as File;
    expect([file.name, await file.text()]).toEqual(["report.md", "file content"]);
  });

  test("inside an album are attached by name", async () => {
    const { server, api } = await serve(echo);
    await api.call("sendMediaGroup", {
      chat_id: 1,
      media: [
        { type: "photo", media: new InputFile(new Uint8Array([1, 2]), "a.png") },
        { type: "photo", media: new InputFile(new Blob(["b"]), "b.png"), caption: "second" },
      ],
    });
    const form = await parts(server.seen[0] as SeenRequest);
    expect(JSON.parse(form.get("media") as string)).toEqual([
      { type: "photo", media: "attach://file0" },
      { type: "photo", media: "attach://file1", caption: "second" },
    ]);
    expect((form.get("file1") as File).name).toBe("b.png");
  });

  test("cannot smuggle headers in by their name", async () => {
    const { server, api } = await serve(echo);
    await api.call("sendDocument", {
      chat_id: 1,
      document: new InputFile("x", 'a"\r\nX-Evil: 1\r\n\r\n<script>.txt'),
    });
    const raw = server.seen[0]?.body.toString() ?? "";
    expect(raw).not.toContain("\r\nX-Evil");
    expect(raw).toContain('filename="a___X-Evil_ 1_____script_.txt"');
  });
});

describe("the API says no", () => {
  test("with code, description and what to do about it", async () => {
    const { api } = await serve((_, response) =>
      json(response, 429, {
        ok: false,
        error_code: 429,
        description: "Too Many Requests: retry after 7",
        parameters: { retry_after: 7, migrate_to_chat_id: -1001 },
      }),
    );
    const error = await failureOf(api.call("sendMessage", { chat_id: 1, text: "x" }));
    expect(error).toBeInstanceOf(BotApiError);
    expect(error).toMatchObject({
      method: "sendMessage",
      code: 429,
      description: "Too Many Requests: retry after 7",
      retryAfterMs: 7000,
      migrateToChatId: "-1001",
      maybeSent: false,
    });
  });

  test.each([
    [413, "<html>413 Request Entity Too Large"],
    [403, "<html>Blocked by your administrator"],
    [400, "Bad Request"],
    [408, "<html>timeout"],
    [502, "<html>bad gateway"],
    [404, ""],
    [401, '{"error":"login to the captive portal"}'],
    [301, "moved"],
    [500, "[1, 2"],
  ])(
    "a %i in another form than the API's is no answer: the network's failure, without body or token",
    async (status, page) => {
      const { api } = await serve((request, response) => {
        response.writeHead(status, { location: "http://evil.example/" }).end(`${page} at ${request.path}`);
      });
      const error = await failureOf(api.call("sendMessage", { chat_id: 1, text: "x" }));
      expect(error).toBeInstanceOf(BotNetworkError);
      // Turned away by something in front is not sent; a gateway that failed, or gave up waiting, may have sent it.
      const maybeSent = ![400, 401, 403, 404, 413].includes(status);
      expect(error).toMatchObject({ reason: "bad_answer", status, maybeSent });
      expect(isChatUnreachable(error)).toBe(false);
      expect(everythingIn(error)).not.toMatch(/html|Canary|bot123|captive/);
    },
  );

  test("a description that quotes the request does not give the token away", async () => {
    const { api } = await serve((request, response) =>
      json(response, 400, {
        ok: false,
        error_code: 400,
        description: `Bad Request: ${request.path} and ${SECRET}`,
      }),
    );
    const error = await failureOf(api.call("getMe", {}));
    expect(error).toBeInstanceOf(BotApiError);
    expect(everythingIn(error)).not.toContain("Canary");
  });
});

describe("the network fails", () => {
  test("a refused connection was certainly not sent", async () => {
    const server = await startHttpFixture(() => undefined);
    await server.stop();
    const error = await failureOf(createApi(server.root).call("sendMessage", { chat_id: 1, text: "x" }));
    expect(error).toBeInstanceOf(BotNetworkError);
    expect(error).toMatchObject({ method: "sendMessage", reason: "refused", maybeSent: false });
    expect(everythingIn(error)).toContain("ECONNREFUSED");
    expect(everythingIn(error)).not.toContain("Canary");
  });

  test("a name that does not resolve was certainly not sent", async () => {
    const cause = Object.assign(new Error("getaddrinfo ENOTFOUND api.invalid"), { code: "ENOTFOUND" });
    const fetch = () => Promise.reject(new TypeError("fetch failed", { cause }));
    const error = await failureOf(createApi("https://api.invalid", fetch).call("getMe", {}));
    expect(error).toMatchObject({ reason: "dns", maybeSent: false });
  });

  test("with several addresses, one reset among refusals leaves it open", async () => {
    const refused = Object.assign(new Error("connect ECONNREFUSED ::1"), { code: "ECONNREFUSED" });
    const reset = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
    const failWith = (errors: Error[]) => () =>
      Promise.reject(new TypeError("fetch failed", { cause: new AggregateError(errors) }));
    const mixed = await failureOf(
      createApi("https://a.example", failWith([refused, reset])).call("getMe", {}),
    );
    const all = await failureOf(
      createApi("https://a.example", failWith([refused, refused])).call("getMe", {}),
    );
    expect(maybeSent(mixed)).toBe(true);
    expect(maybeSent(all)).toBe(false);
  });

  test.each([
    [
      "cut after it was accepted",
      (_: SeenRequest, response: Parameters<typeof json>[0]) => response.destroy(),
    ],
    [
      "cut in the middle of the answer",
      (_: SeenRequest, response: Parameters<typeof json>[0]) => {
        response.writeHead(200, { "content-length": "1000" });
        response.write('{"ok":true,', () => response.destroy());
      },
    ],
    [
      "answered by a captive portal",
      (_: SeenRequest, response: Parameters<typeof json>[0]) => {
        response.writeHead(200).end("<html>Please log in</html>");
      },
    ],
    [
      "answered with JSON of another kind",
      (_: SeenRequest, r: Parameters<typeof json>[0]) => json(r, 200, [1]),
    ],
  ])("%s: it may have been sent", async (_, answer) => {
    const { api } = await serve(answer);
    const error = await failureOf(api.call("sendMessage", { chat_id: 1, text: "x" }));
    expect(error).toBeInstanceOf(BotNetworkError);
    expect(error).toMatchObject({ maybeSent: true });
    expect(everythingIn(error)).not.toContain("Canary");
  });

  test("an error that quotes the address does not give the token away", async () => {
    const fetch = (url: unknown) => Promise.reject(new TypeError(`Failed to parse URL from ${String(url)}`));
    const error = await failureOf(createApi("https://a.example", fetch).call("getMe", {}));
    expect(everythingIn(error)).toContain("Failed to parse URL");
    expect(everythingIn(error)).not.toContain("Canary");
  });

  test("further secrets go through the given redactor", async () => {
    const fetch = () => Promise.reject(new Error("proxy user hunter2hunter2 refused"));
    const api = createBotApi({
      token: TOKEN,
      apiRoot: "https://a.example",
      fetch,
      clock: createSystemClock(),
      redactor: createRedactor(["hunter2hunter2"]),
    });
    expect(everythingIn(await failureOf(api.call("getMe", {})))).not.toContain("hunter2");
  });
});

describe("time and abort", () => {
  /** A transport that never answers and does not listen to its signal. */
  const deaf = () => new Promise<never>(() => undefined);
  const createDeafApi = (clock = createFakeClock()) => ({
    clock,
    api: createBotApi({ token: TOKEN, apiRoot: "https://a.example", fetch: deaf, clock }),
  });

  test("a hanging transport ends after its time, possibly sent", async () => {
    const { clock, api } = createDeafApi();
    const failure = failureOf(api.call("sendMessage", { chat_id: 1, text: "x" }, { timeoutMs: 5000 }));
    await clock.advance(4999);
    expect(clock.pendingTimers()).toBe(1);
    await clock.advance(1);
    expect(await failure).toMatchObject({ reason: "timeout", maybeSent: true });
    expect(clock.pendingTimers()).toBe(0);
  });

  test("a hanging server ends after its time as well", async () => {
    const { api } = await serve(() => undefined);
    const error = await failureOf(api.call("getMe", {}, { timeoutMs: 50 }));
    expect(error).toMatchObject({ reason: "timeout" });
  });

  test("the caller's abort ends it at once; before the start nothing is sent", async () => {
    const { api } = createDeafApi();
    const controller = new AbortController();
    const failure = failureOf(api.call("getMe", {}, { signal: controller.signal }));
    controller.abort();
    expect(await failure).toMatchObject({ reason: "aborted", maybeSent: true });
    expect(await failureOf(api.call("getMe", {}, { signal: controller.signal }))).toMatchObject({
      reason: "aborted",
      maybeSent: false,
    });
  });

  test("a finished call leaves neither a timer nor a listener behind", async () => {
    const clock = createFakeClock();
    const fetch = () => Promise.resolve(Response.json({ ok: true, result: true }));
    const api = createBotApi({ token: TOKEN, apiRoot: "https://a.example", fetch, clock });
    const { signal } = new AbortController();
    await api.call("getMe", {}, { signal });
    expect([clock.pendingTimers(), getEventListeners(signal, "abort").length]).toEqual([0, 0]);
  });
});

describe("the token", () => {
  test("is no property of the caller", () => {
    expect(JSON.stringify(createApi("https://a.example"))).not.toContain("Canary");
  });

  test.each([
    ["a token with a slash", { token: "1:a/../b", apiRoot: "https://a.example" }],
    ["a token with a line break", { token: "1:abc\n", apiRoot: "https://a.example" }],
    ["a root without a scheme", { token: TOKEN, apiRoot: "api.telegram.org" }],
  ])("%s is refused without being shown", (_, settings) => {
    const create = () => createBotApi({ ...settings, fetch: globalThis.fetch, clock: createSystemClock() });
    expect(create).toThrow(TypeError);
    expect(create).not.toThrow(/abc|Canary|telegram\.org/);
  });

  test("begins with the bot's id", () => {
    expect(botIdOfToken(TOKEN)).toBe("123456789");
    expect(botIdOfToken("no token")).toBeNull();
  });
});
