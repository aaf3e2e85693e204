import { ENDPOINTS } from "@steward/contract/endpoints";
import type { TurnEvent } from "@steward/contract/turn-events";
import { describe, expect, test } from "vitest";
import { createApiFixture, gate } from "./api-fixture.ts";

const submit = (text: string, key = "k1") => ({
  headers: { "idempotency-key": key },
  body: { botId: "web", chatId: "1", text },
});

describe("a turn over HTTP", () => {
  test("is accepted, streamed, and readable afterwards", async () => {
    const { client } = await createApiFixture();
    const accepted = await client.call(ENDPOINTS.submitTurn, submit("hello"));
    expect(accepted.duplicate).toBe(false);
    const events: TurnEvent[] = [];
    for await (const { event } of client.streamEvents(ENDPOINTS.turnEvents, {
      params: { turnId: accepted.turnId },
    })) {
      events.push(event);
    }
    expect(events.map(({ type }) => type)).toContain("started");
    expect(events.at(-1)).toMatchObject({ type: "final", state: "done", text: "echo: hello" });
    const turn = await client.call(ENDPOINTS.getTurn, { params: { turnId: accepted.turnId } });
    expect(turn).toMatchObject({ state: "done", text: "echo: hello", prompt: "hello" });
  });

  test("is the same turn for the same key, and a conflict for another prompt under it", async () => {
    const { client } = await createApiFixture();
    const first = await client.call(ENDPOINTS.submitTurn, submit("hello"));
    const again = await client.call(ENDPOINTS.submitTurn, submit("hello"));
    expect(again).toMatchObject({ turnId: first.turnId, duplicate: true });
    await expect(client.call(ENDPOINTS.submitTurn, submit("other"))).rejects.toMatchObject({
      status: 409,
      code: "idempotency_mismatch",
    });
  });

  test("that nobody knows is 404, its stream too", async () => {
    const { client } = await createApiFixture();
    const params = { turnId: "0190a5b0-7c3e-7000-8000-000000000001" };
    await expect(client.call(ENDPOINTS.getTurn, { params })).rejects.toMatchObject({ status: 404 });
    await expect(client.streamEvents(ENDPOINTS.turnEvents, { params }).next()).rejects.toMatchObject({
      status: 404,
    });
  });

  test("is refused with 429 when too many wait, and nothing of it is kept", async () => {
    const wait = gate();
    const api = await createApiFixture({ script: () => wait.opened, limits: { maxWaitingPerChat: 1 } });
    const running = await api.client.call(ENDPOINTS.submitTurn, submit("1", "k1"));
    await expect.poll(() => api.core.turns.get(running.turnId)?.state).toBe("running");
    await api.client.call(ENDPOINTS.submitTurn, submit("2", "k2"));
    const refused = await api.fetch("/api/v1/turns", {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": "k3" },
      body: JSON.stringify(submit("3").body),
    });
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).not.toBeNull();
    expect(await refused.json()).toMatchObject({ code: "queue_full" });
    expect(api.core.load().queued).toBe(1);
    wait.open();
  });

  test("too large for a prompt is refused before anything is started", async () => {
    const api = await createApiFixture();
    const attempt = api.client.call(ENDPOINTS.submitTurn, submit("x".repeat(1_048_577)));
    await expect(attempt).rejects.toMatchObject({ status: 422, code: "validation_failed" });
    expect(api.driver.launches).toEqual([]);
  });
});
