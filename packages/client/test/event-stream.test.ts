import { deliveriesStream } from "@steward/contract/deliveries";
import { formatEventId, type TurnEvent } from "@steward/contract/turn-events";
import { turnEvents } from "@steward/contract/turns";
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { afterEach, describe, expect, test } from "vitest";
import { type ConnectionState, createClient, type ReceivedEvent } from "../src/client.ts";
import { type SseServer, startSseServer, stream, wholeStream } from "./sse-server.ts";

const turnId = "0190a5b0-7c3e-7000-8000-000000000001";
const id = (n: number): string => formatEventId(turnId, n);
const text = (offset: number, piece: string): TurnEvent => ({
  v: 1,
  turnId,
  at: 1,
  type: "text",
  offset,
  text: piece,
});
const final: TurnEvent = {
  v: 1,
  turnId,
  at: 2,
  type: "final",
  state: "done",
  text: "Hello",
  errorCode: null,
  usage: null,
};
const block = (event: unknown, eventId?: string): string =>
  `${eventId === undefined ? "" : `id: ${eventId}\n`}data: ${JSON.stringify(event)}\n\n`;
/** Reconnects at once, so that no test waits for it. */
const SOON = "retry: 1\n\n";

const servers: SseServer[] = [];
const start = async (...answers: Parameters<typeof startSseServer>): Promise<SseServer> => {
  const server = await startSseServer(...answers);
  servers.push(server);
  return server;
};
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

const follow = (server: SseServer, options: { lastEventId?: string; silenceTimeoutMs?: number } = {}) =>
  createClient({ baseUrl: server.baseUrl, token: "t" }).streamEvents(turnEvents, {
    params: { turnId },
    ...options,
  });

const collect = async <Item>(items: AsyncIterable<Item>): Promise<Item[]> => {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
};

describe("a turn's stream", () => {
  test("yields events with their ids and ends after the final one, without reconnecting", async () => {
    const server = await start(
      wholeStream(block(text(0, "Hel")), block(text(3, "lo"), id(0)), block(final, id(1))),
    );
    const received = await collect(follow(server));
    expect(received).toEqual([
      { id: null, event: text(0, "Hel") },
      { id: id(0), event: text(3, "lo") },
      { id: id(1), event: final },
    ]);
    expect(server.resumedFrom).toEqual([undefined]);
  });

  test("ends after the final event although the server leaves the connection open, and closes it", async () => {
    const server = await start(stream(block(final, id(0))));
    await collect(follow(server));
    await expect.poll(() => server.closed).toBe(1);
  });

  test("resumes behind the last id after a cut, a clean end and an id sent alone", async () => {
    const server = await start(
      (response, request) => {
        stream(SOON, block(text(0, "a"), id(0)))(response, request);
        response.write(`data: {"half`, () => response.destroy());
      },
      wholeStream(SOON, block(text(1, "b")), `id: ${id(1)}\ndata:\n\n`),
      wholeStream(block(final, id(2))),
    );
    const received = await collect(follow(server));
    expect(received.map(({ event }) => event)).toEqual([text(0, "a"), text(1, "b"), final]);
    expect(server.resumedFrom).toEqual([undefined, id(0), id(1)]);
  });

  test("starts behind the id it is given", async () => {
    const server = await start(wholeStream(block(final, id(8))));
    await collect(follow(server, { lastEventId: id(7) }));
    expect(server.resumedFrom).toEqual([id(7)]);
  });

  test("ends when the server says that there is nothing more", async () => {
    const server = await start((response) => response.writeHead(204).end());
    expect(await collect(follow(server, { lastEventId: id(9) }))).toEqual([]);
    expect(server.resumedFrom).toEqual([id(9)]);
  });

  test("skips types it does not know, and data that is not JSON", async () => {
    const server = await start(
      wholeStream(
        block({ ...text(0, "x"), type: "from_the_future" }),
        "data: nonsense\n\n",
        ": a comment\n\n",
        "event: other\nfield: unknown\n\n",
        block(final, id(0)),
      ),
    );
    expect((await collect(follow(server))).map(({ event }) => event)).toEqual([final]);
  });

  test("a final event that cannot be read ends the stream instead of asking for ever", async () => {
    const server = await start(wholeStream(block({ type: "final", v: 2 })));
    expect(await collect(follow(server))).toEqual([]);
    expect(server.resumedFrom).toHaveLength(1);
  });

  test("text cut anywhere between its bytes arrives whole", async () => {
    const bytes = Buffer.from(block(text(0, "héllo 你好 🎉"), id(0)) + block(final, id(1)));
    const server = await start((response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      let sent = 0;
      const next = (): void => {
        if (sent === bytes.length) response.end();
        else response.write(bytes.subarray(sent, ++sent), () => setImmediate(next));
      };
      next();
    });
    const [first] = await collect(follow(server));
    expect(first?.event).toEqual(text(0, "héllo 你好 🎉"));
  });
});

describe("a connection that fails", () => {
  test("a silent one is given up and made anew", async () => {
    const server = await start(stream(SOON, block(text(0, "a"), id(0))), wholeStream(block(final, id(1))));
    const received = await collect(follow(server, { silenceTimeoutMs: 50 }));
    expect(received.map(({ event }) => event.type)).toEqual(["text", "final"]);
    expect(server.resumedFrom).toEqual([undefined, id(0)]);
  });

  test("comments keep it alive: they are the server's heartbeat", async () => {
    const server = await start((response, request) => {
      stream(": hello\n\n")(response, request);
      let beats = 0;
      const timer = setInterval(() => {
        response.write(": ping\n\n");
        if (++beats < 8) return;
        clearInterval(timer);
        response.end(block(final, id(0)));
      }, 25);
    });
    const received = await collect(follow(server, { silenceTimeoutMs: 120 }));
    expect(received).toHaveLength(1);
    expect(server.resumedFrom).toHaveLength(1);
  });

  test("a consumer that takes its time is not mistaken for a silent server", async () => {
    const server = await start(
      stream(block(text(0, "a"), id(0)), block(text(1, "b"), id(1)), block(final, id(2))),
    );
    const types: string[] = [];
    for await (const { event } of follow(server, { silenceTimeoutMs: 40 })) {
      types.push(event.type);
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    expect(types).toEqual(["text", "text", "final"]);
    expect(server.resumedFrom).toHaveLength(1);
  });

  test("server errors are waited out, and each loss is told", async () => {
    const server = await start(
      wholeStream(SOON),
      (response) =>
        response.writeHead(503, { "content-type": "application/json" }).end('{"detail":"d","code":"c"}'),
      (response) => response.destroy(),
      wholeStream(block(final, id(0))),
    );
    const states: ConnectionState[] = [];
    const client = createClient({ baseUrl: server.baseUrl });
    const events = client.streamEvents(turnEvents, {
      params: { turnId },
      onConnection: (state) => states.push(state),
    });
    expect(await collect(events)).toHaveLength(1);
    expect(states.map((state) => (state.connected ? "up" : (state.error?.name ?? "ended")))).toEqual([
      "up",
      "ended",
      "ApiError",
      "ApiUnreachable",
      "up",
    ]);
  });

  test.each([401, 403, 404, 422])(
    "a refusal with %i ends it: asking again would not help",
    async (status) => {
      const server = await start((response) =>
        response.writeHead(status).end(JSON.stringify({ detail: "no", code: "refused" })),
      );
      await expect(collect(follow(server))).rejects.toMatchObject({
        name: "ApiError",
        status,
        code: "refused",
      });
      expect(server.resumedFrom).toHaveLength(1);
    },
  );
});

describe("stopping", () => {
  test("aborting ends the iteration quietly and closes the connection", async () => {
    const server = await start(stream(block(text(0, "a"), id(0))));
    const controller = new AbortController();
    const received: ReceivedEvent<TurnEvent>[] = [];
    const events = createClient({ baseUrl: server.baseUrl }).streamEvents(turnEvents, {
      params: { turnId },
      signal: controller.signal,
    });
    for await (const item of events) {
      received.push(item);
      controller.abort();
    }
    expect(received).toHaveLength(1);
    await expect.poll(() => server.closed).toBe(1);
  });

  test("leaving the loop closes the connection", async () => {
    const server = await start(stream(block(text(0, "a"), id(0))));
    for await (const item of follow(server)) {
      expect(item.event.type).toBe("text");
      break;
    }
    await expect.poll(() => server.closed).toBe(1);
  });

  test("aborting during the wait for the next connection ends it at once", async () => {
    const server = await start(wholeStream("retry: 600000\n\n"));
    const controller = new AbortController();
    const events = createClient({ baseUrl: server.baseUrl }).streamEvents(turnEvents, {
      params: { turnId },
      signal: controller.signal,
      onConnection: (state) => {
        if (!state.connected) queueMicrotask(() => controller.abort());
      },
    });
    expect(await collect(events)).toEqual([]);
    expect(server.resumedFrom).toHaveLength(1);
  });
});

test("an app in the same process serves as the API", async () => {
  const app = new Hono();
  app.get("/api/v1/deliveries/stream", (c) =>
    streamSSE(c, async (sse) => {
      await sse.writeSSE({ data: JSON.stringify({ type: "access", entries: [] }) });
      await sse.writeSSE({ data: JSON.stringify({ type: "live" }) });
    }),
  );
  const client = createClient({ baseUrl: "http://api.test", fetch: app.request });
  const types: string[] = [];
  for await (const { event } of client.streamEvents(deliveriesStream, { query: { botId: "b" } })) {
    types.push(event.type);
    if (event.type === "live") break;
  }
  expect(types).toEqual(["access", "live"]);
});
