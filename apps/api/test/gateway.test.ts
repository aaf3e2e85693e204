import { ENDPOINTS } from "@steward/contract/endpoints";
import { createFakeClock } from "@steward/platform/clock";
import { gatewayRequests } from "@steward/schema/tables";
import { describe, expect, test } from "vitest";
import { BUSY_TEXTS, RESTARTING_TEXT, STILL_WORKING_TEXT } from "../src/gateway/gateway-texts.ts";
import { type ApiFixture, createApiFixture, type FixtureOptions, gate, TOKEN } from "./api-fixture.ts";
import { createGoClient } from "./go-client.ts";
import { rawRequest } from "./raw-request.ts";

const start = async (options: FixtureOptions = {}) => {
  const api = await createApiFixture(options);
  const server = await api.listen();
  return { api, port: server.port, server, go: createGoClient(server.port, TOKEN) };
};
/** Every prompt that any CLI was given. */
const executed = (api: ApiFixture): string[] =>
  api.driver.sessions.flatMap(({ turns }) => turns.map(({ text }) => text));
/** How the responses went, as the join rule will see it. */
const responses = (api: ApiFixture) =>
  api.database.db
    .select()
    .from(gatewayRequests)
    .all()
    .map(({ response }) => response);
const postStream = (port: number, message: string, chatId = "42") =>
  rawRequest(port, {
    method: "POST",
    path: "/api/gateway/send-stream",
    headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify({ chat_id: chatId, message, bot_id: "hero", user_id: "7" }),
  });
const postSend = (port: number, message: string) =>
  rawRequest(port, {
    method: "POST",
    path: "/api/gateway/send",
    headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify({ chat_id: "42", message, bot_id: "hero", user_id: "7" }),
  });

describe("send-stream, read by the Go client", () => {
  test("is shown in pieces and ends with the answer", async () => {
    const { api, port, go } = await start();
    expect(await go.say("hello")).toEqual({ outcome: { shown: "echo: hello" }, fellBack: false });
    const raw = postStream(port, "again");
    const head = (await raw.head).toLowerCase();
    expect(head).toMatch(/^http\/1.1 200 /);
    expect(head).toContain("content-type: text/event-stream; charset=utf-8");
    expect(head).toContain("connection: close");
    expect(head).not.toContain("transfer-encoding");
    expect(head).not.toContain("content-encoding");
    expect(await raw.over).toBe("end");
    expect(raw.body()).toContain('data: {"type":"text","content":"echo: ');
    expect(raw.body()).toMatch(/data: \{"type":"done","content":"echo: again"\}\n\n$/);
    expect(executed(api)).toEqual(["hello", "again"]);
  });

  test("has its headers as soon as the turn is accepted, long before the first word", async () => {
    const wait = gate();
    const { api, port } = await start({ script: () => wait.opened });
    const raw = postStream(port, "hello");
    expect(await raw.head).toMatch(/^HTTP\/1.1 200 /);
    expect(api.core.gateway.sessions("hero")).toMatchObject([{ chatId: "42", botId: "hero", busy: true }]);
    raw.socket.destroy();
    wait.open();
  });

  test("queues a busy chat inside the stream: comments, no error, each prompt once", async () => {
    const wait = gate();
    const { api, port, go } = await start({
      script: async (turn) => {
        if (turn.text === "first") await wait.opened;
        turn.answer(`done: ${turn.text}`);
      },
    });
    const first = go.say("first");
    await expect.poll(() => executed(api)).toEqual(["first"]);
    const second = postStream(port, "second");
    await expect.poll(second.body).toContain(": accepted");
    expect(second.body()).not.toContain("data:");
    wait.open();
    expect(await first).toEqual({ outcome: { shown: "done: first" }, fellBack: false });
    await second.over;
    expect(second.body()).toMatch(/data: \{"type":"done","content":"done: second"\}\n\n$/);
    expect(executed(api)).toEqual(["first", "second"]);
  });

  test("that waited too long is withdrawn for good and says so in `done`", async () => {
    const wait = gate();
    const { api, go } = await start({ queueWaitTimeoutMs: 100, script: () => wait.opened });
    const first = go.say("first");
    await expect.poll(() => executed(api)).toEqual(["first"]);
    expect(await go.say("second")).toEqual({ outcome: { shown: BUSY_TEXTS.queue }, fellBack: false });
    await api.core.gateway.stop("hero", "42");
    await first;
    expect(executed(api)).toEqual(["first"]);
    wait.open();
  });

  test("that waited for a free place says that, also while another topic of the chat is at work", async () => {
    const wait = gate();
    const { api, port } = await start({
      queueWaitTimeoutMs: 100,
      limits: { maxLive: 1 },
      script: () => wait.opened,
    });
    api.core.turns.submit({
      address: { botId: "hero", chatId: "43", threadId: "9" },
      ...{ text: "in a topic", source: "web", language: "en", userId: null, userName: null },
      ...{ replyToMessageId: null, idempotencyKey: null, deliver: false },
    });
    await expect.poll(() => executed(api)).toEqual(["in a topic"]);
    const other = createGoClient(port, TOKEN, "43");
    expect(await other.say("second")).toEqual({ outcome: { shown: BUSY_TEXTS.places }, fellBack: false });
    wait.open();
  });

  test("that has started is not looked at for its place any more", async () => {
    const wait = gate();
    const clock = createFakeClock();
    const { api, port } = await start({ clock, script: () => wait.opened });
    const asked: string[] = [];
    const { withdraw } = api.core.turns;
    api.core.turns.withdraw = (turnId, ...why) => {
      asked.push(turnId);
      return withdraw(turnId, ...why);
    };
    const raw = postStream(port, "long work");
    await expect.poll(() => executed(api)).toEqual(["long work"]);
    await clock.advance(130_000);
    expect(asked).toEqual([]);
    raw.socket.destroy();
    wait.open();
  });

  test("that waited for a free place says that", async () => {
    const wait = gate();
    const { api, port, go } = await start({
      queueWaitTimeoutMs: 100,
      limits: { maxLive: 1 },
      script: () => wait.opened,
    });
    void go.say("first").catch(() => undefined);
    await expect.poll(() => executed(api)).toEqual(["first"]);
    const other = createGoClient(port, TOKEN, "43");
    expect(await other.say("second")).toEqual({ outcome: { shown: BUSY_TEXTS.places }, fellBack: false });
    expect(executed(api)).toEqual(["first"]);
    wait.open();
  });

  test("of a turn that fails ends with the failure in `done`: an `error` would run it again", async () => {
    const { api, go } = await start({
      script: (turn) => {
        turn.delta("Working on it");
        turn.end({ ok: false, isError: true, errorCode: "overloaded", text: "API Error: 529" });
      },
    });
    const { outcome, fellBack } = await go.say("hello");
    expect(fellBack).toBe(false);
    expect(outcome).toEqual({
      shown: expect.stringMatching(/^\[ERROR\] The model is overloaded.*Working on it$/s),
    });
    expect(executed(api)).toEqual(["hello"]);
  });

  test("of a CLI that dies says so, and what was done is not done again", async () => {
    const { api, go } = await start({
      script: async (turn) => {
        await turn.tool("Bash", { command: "rm" });
        turn.session.crash(7);
      },
    });
    const { outcome, fellBack } = await go.say("hello");
    expect(fellBack).toBe(false);
    expect(executed(api)).toEqual(["hello"]);
    expect(outcome).toEqual({ shown: expect.stringMatching(/^\[ERROR\] .*ended unexpectedly/s) });
  });

  test.each([59_000, 61_000, 400_000])(
    "of %i characters arrives whole, and no line breaks the scanner",
    async (size) => {
      const answer = "ä".repeat(size / 2);
      const { api, go } = await start({
        script: (turn) => {
          for (let at = 0; at < answer.length; at += 9_999) turn.delta(answer.slice(at, at + 9_999));
          turn.answer(answer);
        },
      });
      expect(await go.say("long")).toEqual({ outcome: { shown: answer }, fellBack: false });
      expect(executed(api)).toEqual(["long"]);
    },
  );

  test("that nobody let finish is joined by the same message, which runs once", async () => {
    const wait = gate();
    const { api, go } = await start({
      script: async (turn) => {
        turn.delta("Half");
        await wait.opened;
        turn.answer("Half and whole");
      },
    });
    expect(await go.stream("do it", { dropAfterText: true })).toEqual({ failed: "dropped" });
    await expect.poll(() => api.streams.size).toBe(0);
    const again = go.send("do it");
    wait.open();
    expect(await again).toEqual({ shown: "Half and whole" });
    expect(executed(api)).toEqual(["do it"]);
  });

  test("that was read to its end is not joined: people do say the same thing twice", async () => {
    const { api, go } = await start();
    await go.say("continue");
    await go.say("continue");
    expect(executed(api)).toEqual(["continue", "continue"]);
  });

  test("cut by us after text counts as an end, so nothing is posted again", async () => {
    const wait = gate();
    const { api, go, server } = await start({
      script: async (turn) => {
        turn.delta("Some text");
        await wait.opened;
      },
    });
    const shown = gate();
    const said = go.say("hello", { onText: shown.open });
    await shown.opened;
    await server.close(0);
    expect(executed(api)).toEqual(["hello"]);
    expect(await said).toEqual({ outcome: { shown: "Some text" }, fellBack: false });
    wait.open();
  });

  test("of a stopped turn tells that it was stopped", async () => {
    const wait = gate();
    const { api, go } = await start({ script: () => wait.opened });
    const said = go.say("hello");
    await expect.poll(() => executed(api)).toEqual(["hello"]);
    expect(await api.client.call(ENDPOINTS.gatewayStop, { body: { chat_id: "42", bot_id: "hero" } })).toEqual(
      {
        stopped: true,
      },
    );
    const { outcome, fellBack } = await said;
    expect(fellBack).toBe(false);
    expect(outcome).toEqual({ shown: expect.stringContaining("Stopped") });
    wait.open();
  });

  test("is kept alive by comments, and before the client's 30 minutes told to wait no longer", async () => {
    const clock = createFakeClock(1_800_000_000_000);
    const wait = gate();
    const { api, port } = await start({
      clock,
      script: () => wait.opened,
      limits: { firstEventMs: 1e9, modelSilenceMs: 1e9 },
    });
    const raw = postStream(port, "hello");
    await expect.poll(() => executed(api)).toEqual(["hello"]);
    for (let n = 0; n < 114; n++) await clock.advance(15_000);
    await raw.over;
    expect(raw.body().split(": ping").length - 1).toBeGreaterThanOrEqual(114);
    expect(raw.body()).toContain(
      `data: ${JSON.stringify({ type: "done", content: STILL_WORKING_TEXT })}\n\n`,
    );
    expect(executed(api)).toEqual(["hello"]);
    expect(api.core.gateway.queueStatus("hero", "42").busy).toBe(true);
    // Whoever asks again for the same goes on waiting for the same turn.
    await expect.poll(() => responses(api)).toEqual(["broken"]);
    wait.open();
  });

  test("is refused with the same status at both doors while the service stops, and nothing runs", async () => {
    const { api, go } = await start();
    await api.core.stop(0);
    expect(await go.stream("hello")).toEqual({ failed: "HTTP 503" });
    expect(await go.send("hello")).toEqual({ failed: "HTTP 503" });
    expect(executed(api)).toEqual([]);
  });

  test("under way with tools when the service stops ends with what became of it", async () => {
    const { api, go } = await start({
      script: async (turn) => {
        await turn.tool("Bash", { command: "make" });
        turn.delta("Half an answer");
      },
    });
    const shown = gate();
    const said = go.say("hello", { onText: shown.open });
    await shown.opened;
    await api.core.stop(0);
    await api.streams.endAll();
    const { outcome, fellBack } = await said;
    expect(fellBack).toBe(false);
    expect(outcome).toEqual({ shown: expect.stringMatching(/^\[ERROR\] .*restarted.*Half an answer/s) });
  });

  test("that the next start will take up again says so, and the same message joins it", async () => {
    const { api, go } = await start({ script: (turn) => turn.delta("Half an answer") });
    const shown = gate();
    const said = go.say("hello", { onText: shown.open });
    await shown.opened;
    const waiting = go.send("hello");
    await expect.poll(() => api.streams.size).toBe(2);
    await api.core.stop(0);
    await api.streams.endAll();
    expect(await said).toEqual({ outcome: { shown: RESTARTING_TEXT }, fellBack: false });
    expect(await waiting).toEqual({ shown: RESTARTING_TEXT });
    await expect.poll(() => responses(api)).toEqual(["broken", "broken"]);
  });

  test("of a full queue answers 200 in the ancestor's words", async () => {
    const wait = gate();
    const { api, go } = await start({ script: () => wait.opened, limits: { maxWaitingPerChat: 1 } });
    void go.say("1").catch(() => undefined);
    await expect.poll(() => executed(api)).toEqual(["1"]);
    void go.say("2").catch(() => undefined);
    await expect.poll(() => api.core.load().queued).toBe(1);
    expect(await go.say("3")).toEqual({ outcome: { shown: BUSY_TEXTS.full }, fellBack: false });
    expect(await go.send("4")).toEqual({ shown: BUSY_TEXTS.full });
    wait.open();
  });

  test("with an empty message answers what is wrong, once", async () => {
    const { api, go } = await start();
    const { outcome, fellBack } = await go.say("  ");
    expect(fellBack).toBe(false);
    expect(outcome).toEqual({ shown: expect.stringMatching(/^\[ERROR\] /) });
    expect(executed(api)).toEqual([]);
  });
});

describe("send", () => {
  test("answers with the text and the chat's id", async () => {
    const { api } = await start();
    const answer = await api.client.call(ENDPOINTS.gatewaySend, { body: { chat_id: "42", message: "hi" } });
    expect(answer).toEqual({ response: "echo: hi", session_key: "42" });
  });

  test("sends status and headers at once, and white space while it waits", async () => {
    const clock = createFakeClock(1_800_000_000_000);
    const wait = gate();
    const { api, port } = await start({
      clock,
      script: async (turn) => {
        await wait.opened;
        turn.answer("at last");
      },
    });
    const raw = postSend(port, "hello");
    expect((await raw.head).toLowerCase()).toContain("content-type: application/json");
    await expect.poll(() => executed(api)).toEqual(["hello"]);
    for (let n = 0; n < 3; n++) await clock.advance(10_000);
    await expect.poll(raw.body).toMatch(/^(1\r\n \r\n){4}$/);
    wait.open();
    await expect.poll(raw.body).toMatch(/\{"response":"at last","session_key":"42"\}\r\n0\r\n\r\n$/);
    raw.socket.destroy();
  });

  test("whose connection is lost is joined by the re-post", async () => {
    const wait = gate();
    const { api, port, go } = await start({
      script: async (turn) => {
        await wait.opened;
        turn.answer("once");
      },
    });
    const lost = postSend(port, "hello");
    await lost.head;
    await expect.poll(() => executed(api)).toEqual(["hello"]);
    lost.socket.destroy();
    await expect.poll(() => api.streams.size).toBe(0);
    const again = go.send("hello");
    await expect.poll(() => api.streams.size).toBe(1);
    wait.open();
    expect(await again).toEqual({ shown: "once" });
    expect(executed(api)).toEqual(["hello"]);
  });
});

describe("the gateway's other doors", () => {
  test("tell whole numbers where the Go client decodes integers, and zeros for a chat nobody knows", async () => {
    const wait = gate();
    const { api, go } = await start({ script: () => wait.opened });
    const query = { params: { chat_id: "42" }, query: { bot_id: "hero" } };
    expect(await api.client.call(ENDPOINTS.gatewayQueueStatus, query)).toEqual({
      busy: false,
      busy_message: "",
      elapsed_seconds: 0,
      slots_used: 0,
      slots_max: 4,
      queue_wait_timeout: 120,
      queue_wait_remaining: 0,
    });
    void go.say("hello").catch(() => undefined);
    await expect.poll(() => executed(api)).toEqual(["hello"]);
    const busy = await api.client.call(ENDPOINTS.gatewayQueueStatus, query);
    expect(busy).toMatchObject({ busy: true, slots_used: 1 });
    for (const value of Object.values(busy))
      if (typeof value === "number") expect(Number.isInteger(value)).toBe(true);
    wait.open();
  });

  test("list sessions with the ancestor's fields", async () => {
    const { api, go } = await start();
    await go.say("hello");
    const [session, ...others] = await api.client.call(ENDPOINTS.gatewaySessions, {
      query: { bot_id: "hero" },
    });
    expect(others).toEqual([]);
    expect(session).toMatchObject({
      chat_id: "42",
      bot_id: "hero",
      busy: false,
      first_done: true,
      busy_seconds: 0,
    });
    expect(await api.client.call(ENDPOINTS.gatewaySessions, { query: { bot_id: "nobody" } })).toEqual([]);
  });

  test("reset without a body, or with the bot in body or query: the body wins", async () => {
    const { api } = await start();
    const reset = (path: string, body?: string) =>
      api
        .fetch(`/api/gateway/sessions/42/reset${path}`, {
          method: "POST",
          ...(body === undefined ? {} : { body, headers: { "content-type": "application/json" } }),
        })
        .then((response) => response.json());
    expect(await reset("")).toEqual({ reset: true, chat_id: "42", bot_id: "default" });
    expect(await reset("?bot_id=b")).toEqual({ reset: true, chat_id: "42", bot_id: "b" });
    expect(await reset("?bot_id=b", '{"bot_id":"c"}')).toEqual({ reset: true, chat_id: "42", bot_id: "c" });
  });

  test("keep both rows of a turn in the chat's history, in the ancestor's shape", async () => {
    const { api, go } = await start();
    await go.say("hello");
    const sessions = await api.client.call(ENDPOINTS.listChatSessions, { query: { bot_id: "hero" } });
    expect(sessions).toMatchObject([{ session_id: "gw-hero-42", bot_id: "hero", message_count: 2 }]);
    const rows = await api.client.call(ENDPOINTS.getChatSession, { params: { session_id: "gw-hero-42" } });
    expect(rows).toMatchObject([
      { role: "user", content: "hello", telegram_chat_id: 42, user_id: "7", bot_id: "hero" },
      { role: "assistant", content: "echo: hello", telegram_chat_id: 42, bot_id: "hero" },
    ]);
    expect(rows[0]?.created_at).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    const last = await api.client.call(ENDPOINTS.getChatSession, {
      params: { session_id: "gw-hero-42" },
      query: { limit: 1 },
    });
    expect(last.map(({ role }) => role)).toEqual(["assistant"]);
  });

  test("store a message and find it, or 404 where nothing was ever said", async () => {
    const { api } = await start();
    const { id } = await api.client.call(ENDPOINTS.addChatMessage, {
      body: { session_id: "notes", role: "user", content: "remember" },
    });
    const rows = await api.client.call(ENDPOINTS.getChatSession, { params: { session_id: "notes" } });
    expect(rows).toMatchObject([{ id, content: "remember", source: "telegram", bot_id: "default" }]);
    await expect(
      api.client.call(ENDPOINTS.getChatSession, { params: { session_id: "nothing" } }),
    ).rejects.toMatchObject({ status: 404, detail: "Session not found" });
  });
});
