import { createServer, request, type Server } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { createPathDoor } from "./path-door.ts";

const open: { close(): void }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

/** A server that tells what reached it, and a door to its /mcp. */
async function startDoor() {
  const reached: { method: string; url: string; headers: Record<string, unknown>; body: string }[] = [];
  const server: Server = createServer((incoming, answer) => {
    let body = "";
    incoming.on("data", (chunk) => {
      body += chunk;
    });
    incoming.on("end", () => {
      reached.push({
        method: incoming.method ?? "",
        url: incoming.url ?? "",
        headers: incoming.headers,
        body,
      });
      answer.writeHead(200, { "content-type": "application/json" }).end('{"ok":true}');
    });
  });
  const port = await listen(server);
  const door = createPathDoor({
    port: 0,
    target: { host: "127.0.0.1", port },
    path: "/mcp",
    authorization: "Bearer own",
  });
  const entrance = createTcpServer((socket) => door.serve(socket));
  const inside = await listen(entrance);
  open.push(server, entrance, door);
  return { reached, inside, port, door };
}

const listen = (server: {
  listen(port: number, host: string, done: () => void): unknown;
  address(): unknown;
}) =>
  new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });

const ask = (port: number, path: string, headers: Record<string, string>, method = "POST") =>
  new Promise<{ status: number; text: string }>((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, path, method, headers }, (answer) => {
      let text = "";
      answer.on("data", (chunk) => {
        text += chunk;
      });
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    asked.on("error", reject);
    asked.end(method === "POST" ? "{}" : undefined);
  });

/** Byte for byte, as no client of Node's would send it. */
const send = (port: number, text: string) =>
  new Promise<string>((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let answer = "";
    socket.setTimeout(2_000, () => socket.destroy());
    socket.on("data", (chunk) => {
      answer += chunk;
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(answer));
    socket.write(text);
  });

describe("a door to one path", () => {
  test("passes a request with its key on, with the address outside and none of its other headers", async () => {
    const { reached, inside, port } = await startDoor();
    const headers = {
      authorization: "Bearer own",
      "content-type": "application/json",
      origin: "http://x",
      cookie: "a=b",
      host: "evil",
    };
    expect(await ask(inside, "/mcp", headers)).toEqual({ status: 200, text: '{"ok":true}' });
    expect(reached).toHaveLength(1);
    expect(reached[0]).toMatchObject({ method: "POST", url: "/mcp", body: "{}" });
    expect(reached[0]?.headers).toMatchObject({ host: `127.0.0.1:${port}`, authorization: "Bearer own" });
    expect(Object.keys(reached[0]?.headers ?? {})).not.toEqual(expect.arrayContaining(["cookie"]));
    expect(reached[0]?.headers.origin).toBeUndefined();
  });

  test.each([
    "/api/v1/policies",
    "/mcp/",
    "/mcp?botId=web&chatId=ada",
    "/mcp/../api/v1/policies",
    "/%6dcp",
    "//mcp",
    "http://127.0.0.1/mcp",
    "/MCP",
  ])("refuses %s, even with the right key", async (path) => {
    const { reached, inside } = await startDoor();
    expect((await ask(inside, path, { authorization: "Bearer own" })).status).toBe(403);
    expect(reached).toEqual([]);
  });

  test.each(["Bearer other", "Bearer ow", "Bearer ownn", "", "Basic own"])(
    "refuses the key %j",
    async (authorization) => {
      const { reached, inside } = await startDoor();
      expect((await ask(inside, "/mcp", { authorization })).status).toBe(401);
      expect(reached).toEqual([]);
    },
  );

  test("lets no second request slip in behind the first", async () => {
    const { reached, inside } = await startDoor();
    const smuggled =
      "POST /mcp HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer own\r\nContent-Length: 2\r\n\r\n{}" +
      "GET /api/v1/policies HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer own\r\nConnection: close\r\n\r\n";
    expect(await send(inside, smuggled)).toContain("403");
    await send(inside, "CONNECT 127.0.0.1:80 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer own\r\n\r\n");
    const both =
      "POST /mcp HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer own\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /api HTTP/1.1\r\n\r\n";
    expect(await send(inside, both)).toContain("400");
    expect(reached.map(({ url }) => url)).toEqual(["/mcp"]);
  });

  test("ends the connections that are open when it is closed", async () => {
    const { inside, door } = await startDoor();
    const socket = connect(inside, "127.0.0.1");
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.on("error", () => undefined);
    const asked = "POST /mcp HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer own\r\nContent-Length: 2\r\n\r\n{}";
    // Half of a second request keeps it open for a minute.
    socket.write(`${asked}POST /mcp HTTP/1.1\r\n`);
    await new Promise((resolve) => socket.once("data", resolve));
    door.close();
    await closed;
  });

  test("says so when nobody answers outside", async () => {
    const { inside } = await startDoor();
    open.splice(0, 1)[0]?.close();
    expect((await ask(inside, "/mcp", { authorization: "Bearer own" })).status).toBe(502);
  });
});
