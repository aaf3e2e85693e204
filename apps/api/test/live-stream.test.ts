import { ENDPOINTS } from "@steward/contract/endpoints";
import { applyText } from "@steward/contract/turn-events";
import { expect, test } from "vitest";
import { createApiFixture, gate } from "./api-fixture.ts";

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

test("row 42: after a break the turn is there as it has become meanwhile, and goes on", async () => {
  const api = await createApiFixture();
  const go = gate();
  const end = gate();
  api.driver.script = async (turn) => {
    turn.delta("one ");
    await go.opened;
    turn.delta("two ");
    await end.opened;
    turn.answer("one two three");
  };
  const { turnId } = await api.client.call(ENDPOINTS.submitTurn, submit);
  for await (const { event } of api.client.streamEvents(ENDPOINTS.liveStream)) {
    if (event.type === "turn_event" && event.event.type === "text") break;
    if (event.type === "turn_opened" && event.turn.text !== "") break;
  }
  go.open();
  await expect.poll(() => api.core.turns.get(turnId)?.text).toBe("one two ");
  let text = "";
  for await (const { event } of api.client.streamEvents(ENDPOINTS.liveStream)) {
    if (event.type === "turn_opened") text = event.turn.text;
    if (event.type === "live") {
      expect(text).toBe("one two ");
      end.open();
    }
    if (event.type !== "turn_event") continue;
    if (event.event.type === "text") text = applyText(text, event.event);
    if (event.event.type === "final") break;
  }
  expect(text).toBe("one two three");
});
