import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { freePort } from "../test/fixture-house.ts";
import { isTaken, untilReady } from "./readiness.mjs";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen(answers: [status: number, body: unknown][]): Promise<number> {
  const server = createServer((_request, response) => {
    const [status, body] = (answers.length > 1 ? answers.shift() : answers[0]) ?? [500, {}];
    response.writeHead(status, { connection: "close" }).end(JSON.stringify(body));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A TCP server's address is never a pipe's name.
  return (server.address() as AddressInfo).port;
}

const starting = {
  status: "starting",
  components: [{ name: "recovery", ok: false, detail: "3 turns left" }],
};

test("it waits through 503 until the API is ready", async () => {
  const said: string[] = [];
  const port = await listen([
    [503, starting],
    [503, starting],
    [200, { status: "ready", components: [] }],
  ]);
  const address = `http://127.0.0.1:${port}`;
  await untilReady({ address, signal: new AbortController().signal, say: (text) => said.push(text) });
  expect(said).toEqual([]);
});

test("an API that answers but does not become ready counts as up, and its reasons are told", async () => {
  const said: string[] = [];
  const address = `http://127.0.0.1:${await listen([[503, starting]])}`;
  const signal = new AbortController().signal;
  await untilReady({ address, signal, say: (text) => said.push(text), remindEveryMs: 150 });
  expect(said).toEqual(["up, but not ready: recovery (3 turns left)"]);
});

test("it gives up waiting when the program has ended", async () => {
  const ended = new AbortController();
  const said: string[] = [];
  const waiting = untilReady({
    address: `http://127.0.0.1:${await freePort()}`,
    signal: ended.signal,
    say: (text) => {
      said.push(text);
      ended.abort();
    },
    remindEveryMs: 150,
  });
  await expect(waiting).rejects.toThrow(/abort/i);
  expect(said).toEqual(["still starting …"]);
});

test("a taken address is seen, a free one too", async () => {
  expect(await isTaken("127.0.0.1", await listen([[200, {}]]))).toBe(true);
  expect(await isTaken("127.0.0.1", await freePort())).toBe(false);
});
