import { ENDPOINTS } from "@steward/contract/endpoints";
import { applyText, type TurnEvent } from "@steward/contract/turn-events";
import { createFakeClock } from "@steward/platform/clock";
import { describe, expect, test } from "vitest";
import { type ApiFixture, createApiFixture, gate, TOKEN } from "./api-fixture.ts";
import { rawRequest } from "./raw-request.ts";

const submit = async (api: ApiFixture, text: string): Promise<string> => {
  const { turnId } = await api.client.call(ENDPOINTS.submitTurn, {
    headers: { "idempotency-key": text.slice(0, 50).replaceAll(" ", "-") },
    body: { botId: "web", chatId: "1", text },
  });
  return turnId;
};
const bearer = { authorization: `Bearer ${TOKEN}` };
const eventsPath = (turnId: string): string => `/api/v1/turns/${turnId}/events`;

/** The events of a stream up to where it ends, with their ids. */
const readAll = async (api: ApiFixture, turnId: string, lastEventId?: string) => {
  const response = await api.fetch(
    eventsPath(turnId),
    lastEventId === undefined ? {} : { headers: { "last-event-id": lastEventId } },
  );
  return { status: response.status, blocks: parseBlocks(await response.text()) };
};
const parseBlocks = (text: string): { id: string | null; event: TurnEvent | null }[] =>
  text
    .split("\n\n")
    .filter((block) => /^(id|data):/m.test(block))
    .map((block) => {
      const data = /^data: ?(.*)$/m.exec(block)?.[1] ?? "";
      return { id: /^id: (.*)$/m.exec(block)?.[1] ?? null, event: data === "" ? null : JSON.parse(data) };
    });
const textOf = (blocks: ReturnType<typeof parseBlocks>): string =>
  blocks.reduce((text, { event }) => (event?.type === "text" ? applyText(text, event) : text), "");

describe("a turn's stream", () => {
  test("has its headers at once, is not chunked away from proxies' sight, and is never compressed", async () => {
    const wait = gate();
    const api = await createApiFixture({ script: () => wait.opened });
    const turnId = await submit(api, "hello");
    const { port } = await api.listen();
    const response = rawRequest(port, {
      path: eventsPath(turnId),
      headers: { ...bearer, "accept-encoding": "gzip" },
    });
    const head = await response.head;
    expect(head).toMatch(/^HTTP\/1.1 200 /);
    expect(head.toLowerCase()).toContain("content-type: text/event-stream");
    expect(head.toLowerCase()).toContain("cache-control: no-store");
    expect(head.toLowerCase()).not.toContain("content-encoding");
    await expect.poll(response.body).toContain("retry: 1000");
    response.socket.destroy();
    wait.open();
  });

  test("row 42: can be resumed behind every id it gave, without a gap or a repeat", async () => {
    const api = await createApiFixture({
      script: async (turn) => {
        turn.delta("one ");
        const tool = await turn.tool("Bash", { command: "ls" });
        tool.finish();
        turn.delta("two ");
        const other = await turn.tool("Read", { file_path: "x" });
        other.finish();
        turn.delta("three");
        turn.answer("one two three");
      },
    });
    const turnId = await submit(api, "go");
    // Live, an event has no id until its chunk is committed; read again after the end, each has its own.
    await readAll(api, turnId);
    const whole = await readAll(api, turnId);
    const ids = whole.blocks.map(({ id }) => id).filter((id) => id !== null);
    expect(ids.length).toBeGreaterThan(5);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [index, { id }] of whole.blocks.entries()) {
      if (id === null) continue;
      const rest = await readAll(api, turnId, id);
      expect(rest.blocks).toEqual(whole.blocks.slice(index + 1));
    }
  });

  test.each(["garbage", "0190a5b0-7c3e-7000-8000-000000000009:3", "%TURN%:999999", "%TURN%:-1"])(
    "row 42: starts over for the id %s, which is none of its own",
    async (id) => {
      const api = await createApiFixture();
      const turnId = await submit(api, "hello");
      await readAll(api, turnId);
      const whole = await readAll(api, turnId);
      expect(textOf(whole.blocks)).toBe("echo: hello");
      const again = await readAll(api, turnId, id.replace("%TURN%", turnId));
      expect(again.blocks).toEqual(whole.blocks);
    },
  );

  test("that has nothing more says so with 204, and the client ends", async () => {
    const api = await createApiFixture();
    const turnId = await submit(api, "hello");
    const last = (await readAll(api, turnId)).blocks.at(-1)?.id ?? "";
    expect(await readAll(api, turnId, last)).toEqual({ status: 204, blocks: [] });
    const more: unknown[] = [];
    const events = api.client.streamEvents(ENDPOINTS.turnEvents, { params: { turnId }, lastEventId: last });
    for await (const item of events) more.push(item);
    expect(more).toEqual([]);
  });

  test("sends the first word without waiting, and what follows in quick succession together", async () => {
    const clock = createFakeClock(1_800_000_000_000);
    const wait = gate();
    const api = await createApiFixture({
      clock,
      script: async (turn) => {
        turn.delta("first");
        for (let n = 0; n < 50; n++) turn.delta(` ${n}`);
        await wait.opened;
        turn.answer(turn.text);
      },
    });
    const { port } = await api.listen();
    const turnId = await submit(api, "hello");
    const response = rawRequest(port, { path: eventsPath(turnId), headers: bearer });
    // No time passes on this clock: whatever arrives did not wait for any.
    await expect.poll(response.body).toContain("first");
    response.socket.destroy();
    wait.open();
  });

  test("keeps quiet connections alive with a comment every 15 s", async () => {
    const clock = createFakeClock(1_800_000_000_000);
    const wait = gate();
    const api = await createApiFixture({ clock, script: () => wait.opened });
    const turnId = await submit(api, "hello");
    const { port } = await api.listen();
    const response = rawRequest(port, { path: eventsPath(turnId), headers: bearer });
    await expect.poll(response.body).toContain('"type":"started"');
    // Whatever is still to be told of the start has been told by then.
    await clock.advance(2_000);
    await expect.poll(response.body).toContain("id: ");
    await clock.advance(12_900);
    expect(response.body()).not.toContain(": ping");
    await clock.advance(2_200);
    await expect.poll(response.body).toContain(": ping\n\n");
    await clock.advance(15_000);
    await expect.poll(() => response.body().split(": ping").length).toBe(3);
    response.socket.destroy();
    wait.open();
  });

  test("is left behind when its client goes, and the turn goes on", async () => {
    const wait = gate();
    const api = await createApiFixture({
      script: async (turn) => {
        await wait.opened;
        turn.answer("after all");
      },
    });
    const turnId = await submit(api, "hello");
    const { port } = await api.listen();
    const response = rawRequest(port, { path: eventsPath(turnId), headers: bearer });
    await response.head;
    expect(api.streams.size).toBe(1);
    response.socket.destroy();
    await expect.poll(() => api.streams.size).toBe(0);
    wait.open();
    await expect.poll(() => api.core.turns.get(turnId)).toMatchObject({ state: "done", text: "after all" });
  });
});

describe("a front end's stream", () => {
  test("begins with the present and goes on with what happens, for its own bot only", async () => {
    const api = await createApiFixture();
    const types: string[] = [];
    const stream = api.client.streamEvents(ENDPOINTS.deliveriesStream, { query: { botId: "b" } });
    const code = (userId: string, botId: string) =>
      api.core.access.requestPairing({ botId, userId, chatId: userId, username: null, name: null }).code;
    for await (const { event } of stream) {
      types.push(
        event.type === "access" ? `access:${event.entries.map(({ userId }) => userId).join()}` : event.type,
      );
      if (event.type === "live") {
        api.core.access.approve(code("7", "other"), "test");
        api.core.access.approve(code("8", "b"), "test");
      }
      if (types.length === 3) break;
    }
    expect(types).toEqual(["access:", "live", "access:8"]);
    await expect.poll(() => api.streams.size).toBe(0);
  });

  test("needs a bot", async () => {
    const api = await createApiFixture();
    expect((await api.fetch("/api/v1/deliveries/stream")).status).toBe(422);
  });
});

test("a stopping service ends every stream in good order", async () => {
  const api = await createApiFixture();
  const { port } = await api.listen();
  const response = rawRequest(port, { path: "/api/v1/deliveries/stream?botId=b", headers: bearer });
  await expect.poll(response.body).toContain('"type":"live"');
  await api.streams.endAll();
  await expect.poll(response.body).toMatch(/0\r\n\r\n$/);
  response.socket.destroy();
});
