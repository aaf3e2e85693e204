import { ENDPOINTS } from "@steward/contract/endpoints";
import { expect, test } from "vitest";
import { createApiFixture } from "./api-fixture.ts";

const submit = {
  headers: { "idempotency-key": "k" },
  body: { botId: "web", chatId: "main", text: "hello" },
};

test("the live stream tells a turn from its beginning to its end, and what has to be asked for again", async () => {
  const api = await createApiFixture();
  const told: string[] = [];
  for await (const { event } of api.client.streamEvents(ENDPOINTS.liveStream)) {
    if (event.type === "live") await api.client.call(ENDPOINTS.submitTurn, submit);
    if (event.type === "turn_event") told.push(event.event.type);
    else if (event.type === "turn_opened") told.push(`opened ${event.turn.botId}/${event.turn.chatId}`);
    if (event.type !== "changed") continue;
    const topics = event.changes.map(({ topic, chat }) => `${topic} ${chat?.chatId ?? ""}`);
    if (topics.includes("history main") && told.includes("final")) break;
  }
  expect(told[0]).toBe("opened web/main");
  expect(told).toEqual(expect.arrayContaining(["started", "text", "final"]));
  await expect.poll(() => api.streams.size).toBe(0);
});

test("a page that connects while a turn runs is told of it first", async () => {
  const api = await createApiFixture();
  api.driver.script = () => undefined;
  const { turnId } = await api.client.call(ENDPOINTS.submitTurn, submit);
  const { value: first } = await api.client.streamEvents(ENDPOINTS.liveStream).next();
  expect(first?.event).toMatchObject({ type: "turn_opened", turn: { turnId, botId: "web" } });
});
