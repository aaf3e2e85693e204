import { type Clock, createSystemClock } from "@steward/platform/clock";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { echoText, recallText, type ScriptedModel, startScriptedModel } from "./scripted-model.ts";

/** Waits are counted, not waited for. */
const waits: number[] = [];
const clock: Clock = { ...createSystemClock(), sleep: async (ms) => void waits.push(ms) };

let model: ScriptedModel;

beforeEach(async () => {
  waits.length = 0;
  model = await startScriptedModel({ clock });
});
afterEach(() => model.close());

type Content = string | readonly Record<string, unknown>[];
interface Message {
  readonly role: string;
  readonly content: Content;
}

function post(
  messages: readonly Message[],
  extra: Record<string, unknown> = {},
  session = "s1",
): Promise<Response> {
  return fetch(`${model.url}/v1/messages?beta=true`, {
    method: "POST",
    headers: {
      "anthropic-version": "2023-06-01",
      "x-api-key": model.apiKey,
      "x-claude-code-session-id": session,
    },
    body: JSON.stringify({ model: "claude-test", max_tokens: 10, stream: true, messages, ...extra }),
  });
}

const ask = (prompt: string, extra?: Record<string, unknown>, session?: string): Promise<Response> =>
  post([{ role: "user", content: prompt }], extra, session);

/** The text deltas of a stream, in order. */
async function deltas(response: Response): Promise<string[]> {
  const lines = (await response.text()).split("\n").filter((line) => line.startsWith("data: "));
  return lines.flatMap((line) => {
    const event: { delta?: { text?: string } } = JSON.parse(line.slice("data: ".length));
    return event.delta?.text === undefined ? [] : [event.delta.text];
  });
}

const answerTo = async (prompt: string): Promise<string> => (await deltas(await ask(prompt))).join("");

describe("answers by directive", () => {
  test("the default is an echo with the count of earlier prompts", async () => {
    expect(await answerTo("hello")).toBe(echoText("hello", 0));
    const response = await post([
      { role: "user", content: "one" },
      { role: "assistant", content: "1" },
      { role: "user", content: "two" },
    ]);
    expect((await deltas(response)).join("")).toBe(echoText("two", 1));
  });

  test("RECALL lists what this conversation holds", async () => {
    const response = await post([
      { role: "user", content: "one\nmore" },
      { role: "assistant", content: "1" },
      { role: "user", content: "RECALL" },
    ]);
    expect((await deltas(response)).join("")).toBe(recallText(["one\nmore"]));
  });

  test("SLOW:n:ms sends n chunks, ms apart", async () => {
    expect(await deltas(await ask("SLOW:3:40"))).toEqual([
      "chunk 1 of 3\n",
      "chunk 2 of 3\n",
      "chunk 3 of 3\n",
    ]);
    expect(await deltas(await ask("SLOW:2:50 SAY:abcd"))).toEqual(["ab", "cd"]);
    expect(waits).toEqual([40, 40, 50]);
  });

  test("PAD:n is n characters long, CTX:n is what is reported, THINK comes first", async () => {
    expect(await answerTo("PAD:1234")).toHaveLength(1234);
    const message: unknown = await (await ask("CTX:4321 THINK:hm\nSAY:x", { stream: false })).json();
    expect(message).toMatchObject({
      content: [
        { type: "thinking", thinking: "hm" },
        { type: "text", text: "x" },
      ],
      usage: { input_tokens: 4321 },
    });
  });

  test("a chain of TOOL lines calls one after the other and ends with the results", async () => {
    const prompt = 'TOOL:Bash:{"command":"a"}\nSAY:second\nTOOL:Read:{}';
    const use = (id: string) => ({ type: "tool_use", id, name: "Bash", input: {} });
    const result = (id: string, text: string) => ({ type: "tool_result", tool_use_id: id, content: text });
    const history: Message[] = [{ role: "user", content: prompt }];
    const next = async () => (await post(history, { stream: false })).json();

    expect(await next()).toMatchObject({
      stop_reason: "tool_use",
      content: [{ type: "tool_use", name: "Bash", input: { command: "a" } }],
    });
    history.push({ role: "assistant", content: [use("t1")] }, { role: "user", content: [result("t1", "A")] });
    expect(await next()).toMatchObject({ content: [{ text: "second" }, { name: "Read" }] });
    history.push({ role: "assistant", content: [use("t2")] }, { role: "user", content: [result("t2", "B")] });
    expect(await next()).toMatchObject({ stop_reason: "end_turn", content: [{ text: "Bash: A\nBash: B" }] });
  });

  test("GATE holds the stream after its first chunk until the test lets it go", async () => {
    const held = model.held("g");
    const response = await ask("GATE:g SAY:abcd");
    await held;
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let seen = "";
    while (!seen.includes('"ab"')) seen += (await reader?.read())?.value ?? "";
    expect(seen).not.toContain("message_stop");
    model.release("g");
    for (let part = await reader?.read(); part?.done === false; part = await reader?.read())
      seen += part.value;
    expect(seen).toContain('"cd"');
    expect(seen).toContain("message_stop");
  });
});

describe("faults", () => {
  test.each([
    ["ERR:400", 400, "invalid_request_error", "Invalid request"],
    ["ERR:400::long", 400, "invalid_request_error", "prompt is too long: 250000 tokens > 200000 maximum"],
    ["ERR:400::credit", 400, "invalid_request_error", "Your credit balance is too low"],
    ["ERR:401", 401, "authentication_error", "invalid x-api-key"],
    ["ERR:401::oauth", 401, "authentication_error", "OAuth token has expired"],
    ["ERR:403", 403, "permission_error", "does not have permission"],
    ["ERR:404", 404, "not_found_error", "model: claude-test"],
    ["ERR:413", 413, "request_too_large", "maximum size"],
    ["ERR:429", 429, "rate_limit_error", "rate limit"],
    ["ERR:500", 500, "api_error", "Internal server error"],
    ["ERR:503", 503, "api_error", "HTTP 503"],
    ["ERR:529", 529, "overloaded_error", "Overloaded"],
  ])("%s", async (prompt, status, type, message) => {
    const response = await ask(prompt);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({
      error: { type, message: expect.stringContaining(message) },
    });
    expect(model.violations).toEqual([]);
  });

  test("ERR:code:times recovers after so many, in each session on its own", async () => {
    const statusOf = async (session: string) => (await ask("ERR:500:1", {}, session)).status;
    expect(await statusOf("a")).toBe(500);
    expect(await statusOf("b")).toBe(500);
    expect(await statusOf("a")).toBe(200);
    expect(await statusOf("a")).toBe(500);
  });

  test("RETRYAFTER and RLH set their headers; rejected is a 429", async () => {
    expect((await ask("ERR:429 RETRYAFTER:7")).headers.get("retry-after")).toBe("7");
    const warned = await ask("RLH:allowed_warning");
    expect(warned.status).toBe(200);
    expect(warned.headers.get("anthropic-ratelimit-unified-5h-surpassed-threshold")).toBe("0.9");
    const rejected = await ask("RLH:rejected:seven_day");
    expect(rejected.status).toBe(429);
    expect(rejected.headers.get("anthropic-ratelimit-unified-status")).toBe("rejected");
    expect(rejected.headers.get("anthropic-ratelimit-unified-7d-utilization")).toBe("1");
  });

  test("DROP hangs up before the answer, MIDDROP within it", async () => {
    await model.close();
    model = await startScriptedModel();
    await expect(ask("DROP")).rejects.toThrow("fetch failed");
    const response = await ask("MIDDROP");
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow("terminated");
  });

  test("MIDERR breaks the stream with an error event, and the answer without a stream is whole", async () => {
    const body = await (await ask("MIDERR SAY:abcd")).text();
    expect(body).toContain("event: error");
    expect(body).not.toContain("message_stop");
    expect(await (await ask("MIDERR SAY:abcd", { stream: false })).json()).toMatchObject({
      content: [{ text: "abcd" }],
    });
  });

  test.each(["HANG", "HANGMID"])("%s ends with the client", async (prompt) => {
    const client = new AbortController();
    const answered = fetch(`${model.url}/v1/messages`, {
      method: "POST",
      signal: client.signal,
      headers: { "anthropic-version": "1", "x-api-key": model.apiKey },
      body: JSON.stringify({
        model: "m",
        max_tokens: 1,
        stream: true,
        messages: [{ role: "user", content: prompt }],
      }),
    }).then((response) => response.text());
    await model.waitForRequest((request) => request.prompt === prompt);
    client.abort();
    await expect(answered).rejects.toThrow("aborted");
  });
});

describe("what a test can see and do", () => {
  test("every request is recorded, with whose it is and what it says", async () => {
    await fetch(model.url, { method: "HEAD" });
    await ask("hello", {}, "session-7");
    expect(model.requests).toMatchObject([
      { number: 1, kind: "other", method: "HEAD" },
      { number: 2, kind: "turn", sessionId: "session-7", prompt: "hello", request: { model: "claude-test" } },
    ]);
  });

  test("waitForRequest finds past and future requests, and says what it saw instead", async () => {
    const future = model.waitForRequest((request) => request.prompt === "later");
    await ask("earlier");
    expect((await model.waitForRequest((request) => request.prompt === "earlier")).number).toBe(1);
    await ask("later");
    expect((await future).number).toBe(2);
    await expect(model.waitForRequest((request) => request.prompt === "never", 1)).rejects.toThrow(
      'turn "earlier", turn "later"',
    );
  });

  test("keepLast bounds what is remembered", async () => {
    await model.close();
    model = await startScriptedModel({ keepLast: 2 });
    for (const prompt of ["a", "b", "c"]) await ask(prompt);
    expect(model.requests.map(({ number, prompt }) => `${number} ${prompt}`)).toEqual(["2 b", "3 c"]);
  });

  test("malformed and unauthorised requests are violations, unknown routes are not", async () => {
    expect((await ask("x", { model: undefined })).status).toBe(400);
    expect((await fetch(`${model.url}/v1/messages`, { method: "POST", body: "{}" })).status).toBe(401);
    expect((await fetch(`${model.url}/v1/models`)).status).toBe(404);
    expect(model.violations.map(({ message }) => message)).toEqual([
      "POST /v1/messages: 400 model: Field required",
      "POST /v1/messages: 401 x-api-key header is required",
    ]);
  });

  test("a directive that makes no sense is a violation", async () => {
    await ask("SLOW:fast");
    await ask("ERR:999");
    expect(model.violations.map(({ message }) => message)).toEqual([
      expect.stringContaining("SLOW:fast"),
      expect.stringContaining("SLOW:fast"),
      expect.stringContaining("ERR:999"),
    ]);
  });

  test("a script takes over the answers it wants", async () => {
    model.script(async ({ exchange, prompt }) => {
      if (prompt !== "mine") return false;
      const writer = await exchange.begin({ inputTokens: 1 });
      await writer.text("scripted");
      await writer.finish();
      return true;
    });
    expect(await answerTo("mine")).toBe("scripted");
    expect(await answerTo("yours")).toBe(echoText("yours", 0));
    model.script(null);
    expect(await answerTo("mine")).toBe(echoText("mine", 0));
  });

  test("a script that fails is a 500 and a violation", async () => {
    model.script(() => {
      throw new Error("oops");
    });
    expect((await ask("x")).status).toBe(500);
    expect(model.violations.map(({ message }) => message)).toEqual(["the test's script failed: Error: oops"]);
  });

  test("a title call does not reach the script", async () => {
    model.script(() => {
      throw new Error("not for you");
    });
    const format = { type: "json_schema", schema: { properties: { title: {} } } };
    const response = await ask("<session>hello</session>", { output_config: { format }, stream: false });
    expect(await response.json()).toMatchObject({ content: [{ text: '{"title":"hello"}' }] });
    expect(model.requests.at(-1)?.kind).toBe("title");
  });

  test("reset forgets records, script, counts and open gates", async () => {
    model.release("g");
    model.script(() => Promise.reject(new Error("gone after reset")));
    await ask("ERR:500:1");
    model.reset();
    expect([model.requests, model.violations]).toEqual([[], []]);
    expect((await ask("ERR:500:1")).status).toBe(500);
    const held = model.held("g");
    void ask("GATE:g").catch(() => undefined);
    await held;
  });
});
