import { ENDPOINTS } from "@steward/contract/endpoints";
import { describe, expect, test } from "vitest";
import { type ApiFixture, createApiFixture, TOKEN } from "./api-fixture.ts";
import { createGoClient } from "./go-client.ts";

const executed = (api: ApiFixture): string[] =>
  api.driver.sessions.flatMap(({ turns }) => turns.map(({ text }) => text));
const submit = (api: ApiFixture, text: string, key: string) =>
  api.client.call(ENDPOINTS.submitTurn, {
    headers: { "idempotency-key": key },
    body: { botId: "web", chatId: "main", text },
  });

describe("the rate of turns", () => {
  test("is told as 429 with the time to wait; the same key again is no new turn", async () => {
    const api = await createApiFixture();
    api.core.policies.set({}, "maxTurnsPerMinute", 1, "owner");
    const first = await submit(api, "one", "a");
    expect(await submit(api, "one", "a")).toMatchObject({ turnId: first.turnId, duplicate: true });
    const response = await api.fetch("/api/v1/turns", {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": "b" },
      body: JSON.stringify({ botId: "web", chatId: "main", text: "two" }),
    });
    expect(response.status).toBe(429);
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(50);
    const refusal: unknown = await response.json();
    expect(refusal).toMatchObject({
      code: "rate_limited",
      params: { seconds: expect.any(Number) as number },
    });
    // And the client has them, for a sentence in the person's own language.
    const error = await submit(api, "three", "c").catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "rate_limited", params: { seconds: expect.any(Number) as number } });
    await api.core.turns.waitForEnd(first.turnId);
    expect(executed(api)).toEqual(["one"]);
  });

  test("is a [BUSY] answer at the gateway, in both doors, and never a second post", async () => {
    const api = await createApiFixture();
    api.core.policies.set({}, "maxTurnsPerMinute", 1, "owner");
    const go = createGoClient((await api.listen()).port, TOKEN);
    expect(await go.say("one")).toEqual({ outcome: { shown: "echo: one" }, fellBack: false });
    const { outcome, fellBack } = await go.say("two");
    expect(outcome).toEqual({ shown: expect.stringMatching(/^\[BUSY\] Too many messages .* in \d+ s$/) });
    expect(fellBack).toBe(false);
    const sent = await api.client.call(ENDPOINTS.gatewaySend, {
      body: { chat_id: "42", message: "three", bot_id: "hero", user_id: "7" },
    });
    expect(sent.response).toMatch(/^\[BUSY\] /);
    expect(executed(api)).toEqual(["one"]);
  });
});

test("usage is reported as the service counted it", async () => {
  const api = await createApiFixture();
  await api.core.turns.waitForEnd((await submit(api, "one", "a")).turnId);
  const usage = await api.client.call(ENDPOINTS.getUsage, { query: { by: "chat" } });
  expect(usage).toMatchObject({
    by: "chat",
    rows: [{ key: "web/main", turns: 1, inputTokens: 10, outputTokens: 5, costUsd: 0.001 }],
    total: { turns: 1 },
  });
  expect((await api.fetch("/api/v1/usage?by=month")).status).toBe(422);
});

describe("sessions", () => {
  const ask = async (api: ApiFixture) => api.core.turns.waitForEnd((await submit(api, "one", "a")).turnId);

  test("are listed, and put to sleep when they are free", async () => {
    const api = await createApiFixture();
    await ask(api);
    expect(await api.client.call(ENDPOINTS.listSessions)).toMatchObject([
      { botId: "web", chatId: "main", state: "ready", waiting: 0, usage: null },
    ]);
    const young = await api.client.call(ENDPOINTS.reapSessions, { body: { idleForMs: 60_000 } });
    expect(young.reaped).toEqual([]);
    const { reaped } = await api.client.call(ENDPOINTS.reapSessions, { body: {} });
    expect(reaped).toMatchObject([{ botId: "web", chatId: "main" }]);
    expect(await api.client.call(ENDPOINTS.listSessions)).toMatchObject([{ state: "suspended", pid: null }]);
  });

  test("are reaped by the ancestor's name and shape, without a body", async () => {
    const api = await createApiFixture();
    await ask(api);
    const response = await api.fetch("/api/gateway/sessions/reap", { method: "POST" });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      reaped: [
        {
          chat_id: "main",
          bot_id: "web",
          type: "interactive",
          idle_seconds: 0,
          idle_hours: expect.any(Number),
        },
      ],
      count: 1,
    });
    expect(api.driver.sessions.map(({ alive }) => alive)).toEqual([false]);
    const again = await api.fetch("/api/gateway/sessions/reap", { method: "POST" });
    expect(await again.json()).toEqual({ reaped: [], count: 0 });
  });
});

test("T9: guessing the token on loopback is limited, and the right one passes all the while", async () => {
  const api = await createApiFixture();
  const { port } = await api.listen();
  const knock = (token: string) =>
    fetch(`http://127.0.0.1:${port}/api/v1/panic`, { headers: { authorization: `Bearer ${token}` } });
  const statuses: number[] = [];
  for (let n = 0; n < 200; n++) {
    const response = await knock(`guess-${n}`);
    statuses.push(response.status);
    if (response.status === 429) expect(response.headers.get("retry-after")).toBe("60");
    await response.arrayBuffer();
    if (n % 20 === 0) expect((await knock(TOKEN)).status).toBe(200);
  }
  expect(statuses.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 401));
  // The allowance of a minute comes back by and by; this took a moment.
  expect(statuses.filter((status) => status === 401).length).toBeLessThan(25);
});
