import type { FrontEndEvent } from "@steward/contract/deliveries";
import { ENDPOINTS } from "@steward/contract/endpoints";
import type { InboxUpdate } from "@steward/contract/inbox";
import { createFakeClock } from "@steward/platform/clock";
import { describe, expect, test } from "vitest";
import { type ApiFixture, createApiFixture, gate } from "./api-fixture.ts";

const BOT = "123456789";
const OWNER = "7";

const update = (updateId: number, facts: Partial<InboxUpdate> = {}): InboxUpdate => ({
  updateId,
  kind: "prompt",
  chat: { id: OWNER, type: "private", threadId: "" },
  sender: { id: OWNER, username: "ada", name: "Ada", language: "en" },
  messageId: updateId * 10,
  text: `prompt ${updateId}`,
  command: null,
  replyTo: null,
  reason: null,
  raw: { update_id: updateId },
  ...facts,
});

const pair = async ({ client }: ApiFixture, userId = OWNER, botId = BOT) => {
  const { code } = await client.call(ENDPOINTS.requestPairing, {
    body: { botId, userId, chatId: userId, username: null, name: null },
  });
  return client.call(ENDPOINTS.approvePairing, { body: { code } });
};

describe("a front end's work over HTTP", () => {
  test("from an update to its delivered answer", async () => {
    const api = await createApiFixture();
    const { client } = api;
    await pair(api);
    const bot = await client.call(ENDPOINTS.registerBot, {
      params: { botId: BOT },
      body: { username: "steward_bot" },
    });
    expect(bot).toMatchObject({ id: BOT, kind: "telegram", ackedThrough: null });

    const seen: FrontEndEvent["type"][] = [];
    let delivered = false;
    const controller = new AbortController();
    const stream = client.streamEvents(ENDPOINTS.deliveriesStream, {
      query: { botId: BOT },
      signal: controller.signal,
    });
    for await (const { event } of stream) {
      seen.push(event.type);
      if (event.type === "live") {
        const answer = await client.call(ENDPOINTS.postInbox, { body: { botId: BOT, updates: [update(1)] } });
        expect(answer).toMatchObject({
          ackedThrough: 1,
          results: [{ updateId: 1, state: "turn", duplicate: false }],
        });
      }
      if (event.type === "turn_opened") {
        const { turnId } = event.turn;
        const placeholder = await client.call(ENDPOINTS.setPlaceholder, {
          params: { turnId },
          body: { messageId: 99 },
        });
        expect(placeholder).toEqual({ messageId: 99 });
        const again = await client.call(ENDPOINTS.setPlaceholder, {
          params: { turnId },
          body: { messageId: 100 },
        });
        expect(again).toEqual({ messageId: 99 });
      }
      if (event.type === "delivery" && event.delivery.state === "pending") {
        const { id: deliveryId } = event.delivery;
        expect(event.delivery).toMatchObject({ kind: "answer", text: "echo: prompt 1" });
        const part = { params: { deliveryId }, body: { part: 1, messageId: 101 } };
        expect(await client.call(ENDPOINTS.setDeliveryPlaceholder, part)).toEqual({ messageId: 101 });
        const outcome = { params: { deliveryId }, body: { outcome: "delivered" as const } };
        expect(await client.call(ENDPOINTS.settleDelivery, outcome)).toEqual({ state: "delivered" });
        delivered = true;
        controller.abort();
      }
    }
    expect(delivered).toBe(true);
    expect(seen.slice(0, 3)).toEqual(["access", "live", "turn_opened"]);
    expect(seen).toContain("turn_event");

    const repeated = await client.call(ENDPOINTS.postInbox, { body: { botId: BOT, updates: [update(1)] } });
    expect(repeated).toMatchObject({ ackedThrough: 1, results: [{ duplicate: true }] });
    expect(await client.call(ENDPOINTS.listBots)).toMatchObject([{ id: BOT, ackedThrough: 1 }]);
  });

  test("an update that is no prompt waits for the front end's word, and keeps the first one", async () => {
    const api = await createApiFixture();
    await pair(api);
    const { results } = await api.client.call(ENDPOINTS.postInbox, {
      body: { botId: BOT, updates: [update(1, { kind: "command", command: "status", text: "" })] },
    });
    expect(results).toMatchObject([{ state: "pending", turnId: null }]);
    const params = { inboxId: results[0]?.inboxId ?? 0 };
    const settle = (state: "handled" | "dead") =>
      api.client.call(ENDPOINTS.settleInbox, { params, body: { state } });
    expect(await settle("handled")).toEqual({ state: "handled" });
    expect(await settle("dead")).toEqual({ state: "handled" });
  });

  test("a command that is settled at once holds nothing up that was written after it", async () => {
    const api = await createApiFixture({ clock: createFakeClock() });
    const { client } = api;
    await pair(api);
    const updates = [update(1, { kind: "command", command: "new", text: "" }), update(2)];
    const { results } = await client.call(ENDPOINTS.postInbox, { body: { botId: BOT, updates } });
    const [command, prompt] = results;
    const params = { inboxId: command?.inboxId ?? 0 };
    await client.call(ENDPOINTS.settleInbox, { params, body: { state: "handled" } });
    const turnId = prompt?.turnId ?? "";
    await expect
      .poll(async () => (await client.call(ENDPOINTS.getTurn, { params: { turnId } })).state)
      .toBe("result_saved");
  });

  test("a poller's health is told and listed", async () => {
    const { client } = await createApiFixture();
    await client.call(ENDPOINTS.reportBotState, {
      params: { botId: BOT },
      body: { state: "conflict", detail: "another poller" },
    });
    expect(await client.call(ENDPOINTS.listBots)).toMatchObject([
      { id: BOT, state: "conflict", stateDetail: "another poller" },
    ]);
  });
});

describe("a chat over HTTP", () => {
  const address = { botId: "web", chatId: "1" };
  const submit = ({ client }: ApiFixture, text: string) =>
    client.call(ENDPOINTS.submitTurn, { headers: { "idempotency-key": text }, body: { ...address, text } });

  test("shows what it does, is stopped, and its held queue is run or dropped", async () => {
    const wait = gate();
    const api = await createApiFixture({
      script: async (turn) => {
        if (turn.text === "first") await wait.opened;
        else turn.answer("done");
      },
    });
    const { client } = api;
    expect(await client.call(ENDPOINTS.getChatStatus, { query: address })).toMatchObject({
      session: { state: "idle", pid: null },
      conversation: null,
      running: null,
    });
    const first = await submit(api, "first");
    const second = await submit(api, "second");
    await submit(api, "third");
    await expect
      .poll(async () => (await client.call(ENDPOINTS.getChatStatus, { query: address })).running?.turnId)
      .toBe(first.turnId);

    const withdrawn = await client.call(ENDPOINTS.stopChat, { body: { ...address, turnId: second.turnId } });
    expect(withdrawn).toMatchObject({ stopped: true, turnId: second.turnId });
    const stopped = await client.call(ENDPOINTS.stopChat, { body: address });
    expect(stopped).toEqual({ stopped: true, turnId: first.turnId, waiting: 1 });
    expect(await client.call(ENDPOINTS.getChatStatus, { query: address })).toMatchObject({
      held: true,
      waiting: 1,
    });
    expect(await client.call(ENDPOINTS.releaseQueue, { body: { ...address, action: "drop" } })).toEqual({
      count: 1,
    });
    wait.open();
  });

  test("begins a new conversation, and runs an ended turn again when a person wants it", async () => {
    const api = await createApiFixture();
    const { turnId } = await submit(api, "hello");
    await api.core.turns.waitForEnd(turnId);
    const retry = {
      params: { turnId },
      headers: { "idempotency-key": "again" },
      body: { mode: "retry" as const },
    };
    const again = await api.client.call(ENDPOINTS.retryTurn, retry);
    expect(again).toMatchObject({ duplicate: false });
    expect(await api.client.call(ENDPOINTS.retryTurn, retry)).toMatchObject({
      turnId: again.turnId,
      duplicate: true,
    });
    await api.core.turns.waitForEnd(again.turnId);
    const before = await api.client.call(ENDPOINTS.getChatStatus, { query: address });
    const { conversationId } = await api.client.call(ENDPOINTS.newConversation, { body: address });
    expect(conversationId).not.toBe(before.conversation?.id);
  });
});

describe("who may use a bot", () => {
  test("is paired by a code, warned about once, listed and revoked", async () => {
    const api = await createApiFixture();
    const { client } = api;
    expect(await pair(api, "7")).toMatchObject({ entry: { userId: "7", role: "owner" }, warning: null });
    const second = await pair(api, "8");
    expect(second).toMatchObject({ entry: { userId: "8", role: "user" } });
    expect(second.warning).toMatch(/^2 people now share this bot/);
    expect((await pair(api, "9")).warning).toBeNull();
    expect(await client.call(ENDPOINTS.listAccess, { query: { botId: BOT } })).toHaveLength(3);
    expect(await client.call(ENDPOINTS.listAccess)).toHaveLength(3);
    const revoke = { params: { botId: BOT, userId: "9" } };
    expect(await client.call(ENDPOINTS.revokeAccess, revoke)).toEqual({ revoked: true });
    expect(await client.call(ENDPOINTS.revokeAccess, revoke)).toEqual({ revoked: false });
  });

  test("is asked for by at most three at a time, and not let in by a code nobody was given", async () => {
    const { client } = await createApiFixture();
    const request = (userId: string) =>
      client.call(ENDPOINTS.requestPairing, {
        body: { botId: BOT, userId, chatId: userId, username: null, name: null },
      });
    for (const userId of ["1", "2", "3"]) expect((await request(userId)).fresh).toBe(true);
    await expect(request("4")).rejects.toMatchObject({ status: 429, code: "pairing_too_many" });
    expect(await client.call(ENDPOINTS.listPairingRequests)).toHaveLength(3);
    await expect(client.call(ENDPOINTS.approvePairing, { body: { code: "AAAAAAAA" } })).rejects.toMatchObject(
      {
        status: 404,
        code: "pairing_code_invalid",
      },
    );
  });
});
