import type { Socket } from "node:net";
import { createFakeClock, createSystemClock } from "@steward/platform/clock";
import { createMemoryLogger } from "@steward/platform/logger";
import { Hono } from "hono";
import { describe, expect, onTestFinished, test } from "vitest";
import type { ApiEnv } from "../src/http/api-env.ts";
import { startServer } from "../src/http/server.ts";
import { createOpenStreams } from "../src/streams/open-streams.ts";
import {
  type StreamResponseOptions,
  type StreamWriter,
  streamResponse,
} from "../src/streams/stream-response.ts";
import { rawRequest } from "./raw-request.ts";

/** An app with one route that streams, and what happens to its streams. */
const build = (
  options: Partial<StreamResponseOptions>,
  open: (writer: StreamWriter) => void = () => undefined,
) => {
  const clock = createFakeClock();
  const streams = createOpenStreams();
  const { log, lines } = createMemoryLogger();
  const ends: boolean[] = [];
  const writers: StreamWriter[] = [];
  const sockets: Socket[] = [];
  let detached = 0;
  const app = new Hono<ApiEnv>();
  app.get("/stream", (c) => {
    const socket = c.env?.outgoing?.socket;
    if (socket) sockets.push(socket);
    return streamResponse(
      c,
      { clock, streams, log },
      {
        headers: { "content-type": "text/plain" },
        keepAlive: { text: ".", everyMs: 10_000 },
        onClose: (complete) => ends.push(complete),
        ...options,
      },
      (writer) => {
        writers.push(writer);
        open(writer);
        return () => detached++;
      },
    );
  });
  return {
    app,
    clock,
    streams,
    lines,
    ends,
    detached: () => detached,
    writer: (): StreamWriter => {
      const writer = writers[0];
      if (writer === undefined) throw new Error("no stream was opened");
      return writer;
    },
    socket: (): Socket => {
      const socket = sockets[0];
      if (socket === undefined) throw new Error("no stream was opened over a socket");
      return socket;
    },
    listen: async () => {
      const server = await startServer(app, { host: "127.0.0.1", port: 0 });
      onTestFinished(() => server.close(0));
      return server.port;
    },
  };
};

const settled = () => createSystemClock().sleep(50);

describe("a streamed answer over a socket", () => {
  test("sends its headers before there is anything to say", async () => {
    const setup = build({});
    const response = rawRequest(await setup.listen(), { path: "/stream", headers: {} });
    expect(await response.head).toMatch(/^HTTP\/1.1 200 OK/);
    response.socket.destroy();
  });

  test("hands each word to the kernel before anything else is done", async () => {
    const setup = build({});
    const response = rawRequest(await setup.listen(), { path: "/stream", headers: {} });
    await response.head;
    const before = setup.socket().bytesWritten;
    setup.writer().write("word");
    expect(setup.socket().bytesWritten).toBeGreaterThan(before);
    expect(setup.socket().writableLength).toBe(0);
    response.socket.destroy();
  });

  test("carries the security headers and its own", async () => {
    const setup = build({ headers: { "content-type": "text/event-stream" } });
    const response = rawRequest(await setup.listen(), { path: "/stream", headers: {} });
    const head = (await response.head).toLowerCase();
    expect(head).toContain("content-type: text/event-stream");
    expect(head).toContain("x-content-type-options: nosniff");
    expect(head).toContain("cache-control: no-store");
    response.socket.destroy();
  });

  test("with nothing to say is 204, and leaves nothing open", async () => {
    const setup = build({ isEmpty: () => true }, (writer) => writer.end());
    const response = rawRequest(await setup.listen(), { path: "/stream", headers: {} });
    expect(await response.head).toMatch(/^HTTP\/1.1 204/);
    await expect.poll(() => setup.ends).toEqual([true]);
    expect(setup.streams.size).toBe(0);
    expect((await setup.app.request("/stream")).status).toBe(204);
    expect(setup.streams.size).toBe(0);
    response.socket.destroy();
  });

  test("that was written to its end is complete", async () => {
    const setup = build({}, (writer) => {
      writer.write("all of it");
      writer.end();
    });
    const response = rawRequest(await setup.listen(), { path: "/stream", headers: {} });
    await expect.poll(() => setup.ends).toEqual([true]);
    await expect.poll(response.body).toContain("all of it");
    expect(setup.detached()).toBe(1);
    expect(setup.streams.size).toBe(0);
    response.socket.destroy();
  });

  test("whose client goes away is not complete, and is detached once", async () => {
    const setup = build({}, (writer) => void writer.write("some"));
    const response = rawRequest(await setup.listen(), { path: "/stream", headers: {} });
    await expect.poll(response.body).toContain("some");
    response.socket.destroy();
    await expect.poll(() => setup.ends).toEqual([false]);
    expect(setup.detached()).toBe(1);
    setup.writer().write("more");
    setup.writer().end();
    await settled();
    expect(setup.ends).toEqual([false]);
    expect(setup.detached()).toBe(1);
  });

  test("says something now and then while it has nothing to say, and not when it has", async () => {
    const setup = build({});
    const response = rawRequest(await setup.listen(), { path: "/stream", headers: {} });
    await response.head;
    await setup.clock.advance(9_000);
    setup.writer().write("word");
    await setup.clock.advance(9_000);
    await expect.poll(response.body).toContain("word");
    expect(response.body()).not.toContain(".");
    await setup.clock.advance(1_000);
    await expect.poll(response.body).toContain(".");
    response.socket.destroy();
  });

  test("is chunked and keeps the connection, or is delimited by its close", async () => {
    const read = async (options: Partial<StreamResponseOptions>) => {
      const setup = build(options);
      const response = rawRequest(await setup.listen(), { path: "/stream", headers: {} });
      const head = (await response.head).toLowerCase();
      setup.writer().write("text");
      setup.writer().end();
      return { head, response };
    };
    const chunked = await read({});
    expect(chunked.head).toContain("transfer-encoding: chunked");
    await expect.poll(chunked.response.body).toBe("4\r\ntext\r\n0\r\n\r\n");
    chunked.response.socket.destroy();

    const closing = await read({ closeDelimited: true });
    expect(closing.head).toContain("connection: close");
    expect(closing.head).not.toContain("transfer-encoding");
    expect(closing.head).not.toContain("content-length");
    expect(await closing.response.over).toBe("end");
    expect(closing.response.body()).toBe("text");
  });

  test("row 42: drops a reader that does not read, without keeping what it does not take", async () => {
    const setup = build({ maxBufferedBytes: 100_000 });
    const response = rawRequest(await setup.listen(), { path: "/stream", headers: {} });
    await response.head;
    response.socket.pause();
    const piece = "x".repeat(50_000);
    // The kernel takes some megabytes before anything piles up here.
    for (let n = 0; n < 2_000 && !setup.writer().ended; n++) {
      setup.writer().write(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(setup.writer().ended).toBe(true);
    await expect.poll(() => setup.ends).toEqual([false]);
    expect(setup.streams.size).toBe(0);
    response.socket.destroy();
  });

  test("does not hold what it says at the start against the reader", async () => {
    const setup = build({ maxBufferedBytes: 1_000 }, (writer) => {
      for (let n = 0; n < 200; n++) writer.write("y".repeat(50_000));
    });
    const response = rawRequest(await setup.listen(), { path: "/stream", headers: {} });
    await expect.poll(() => response.body().length, { timeout: 10_000 }).toBeGreaterThan(10_000_000);
    setup.writer().write("more");
    await expect.poll(() => response.body().includes("more")).toBe(true);
    expect(setup.ends).toEqual([]);
    response.socket.destroy();
  });
});

test("an end that cannot be recorded is logged, and brings nothing down", async () => {
  const onClose = () => {
    throw new Error("the database is locked");
  };
  const setup = build({ onClose }, (writer) => writer.end());
  const response = rawRequest(await setup.listen(), { path: "/stream", headers: {} });
  await expect
    .poll(() => setup.lines)
    .toMatchObject([{ level: "error", err: { message: "the database is locked" } }]);
  response.socket.destroy();
});

test("ending all streams waits until the last bytes of each are out", async () => {
  const setup = build({
    onServiceStop: (writer) => {
      writer.write("bye");
      writer.end();
    },
  });
  const response = rawRequest(await setup.listen(), { path: "/stream", headers: {} });
  await response.head;
  await setup.streams.endAll();
  expect(setup.ends).toEqual([true]);
  await expect.poll(response.body).toContain("bye");
  response.socket.destroy();
});

describe("a streamed answer in-process", () => {
  test("is read like any other", async () => {
    const setup = build({}, (writer) => {
      writer.write("a");
      writer.write("b");
      writer.end();
    });
    const response = await setup.app.request("/stream");
    expect(await response.text()).toBe("ab");
    expect(setup.ends).toEqual([true]);
  });

  test("that is not read on is not complete", async () => {
    const setup = build({}, (writer) => void writer.write("a"));
    const response = await setup.app.request("/stream");
    await response.body?.cancel();
    expect(setup.ends).toEqual([false]);
    expect(setup.detached()).toBe(1);
    expect(setup.streams.size).toBe(0);
  });
});

test("what fails while it is opened is thrown before anything is sent, and leaves nothing open", async () => {
  const setup = build({}, () => {
    throw new Error("no such turn");
  });
  setup.app.onError((error, c) => c.text(error.message, 404));
  const response = await setup.app.request("/stream");
  expect([response.status, await response.text()]).toEqual([404, "no such turn"]);
  expect(setup.ends).toEqual([false]);
  expect(setup.streams.size).toBe(0);
});
