import { ENDPOINTS } from "@steward/contract/endpoints";
import type { TurnEvent } from "@steward/contract/turn-events";
import { describe, expect, test } from "vitest";
import { createApiFixture } from "./api-fixture.ts";

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
});
