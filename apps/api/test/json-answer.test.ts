import { expect, test } from "vitest";
import { ANSWERED_DIRECTLY } from "../src/http/answered-directly.ts";
import { jsonAnswer } from "../src/http/json-answer.ts";
import { createApiFixture, gate, TOKEN } from "./api-fixture.ts";
import { rawRequest } from "./raw-request.ts";

const headers = { authorization: `Bearer ${TOKEN}` };
const HEADERS_OF_ALL = [
  "cache-control: no-store",
  "x-content-type-options: nosniff",
  "x-frame-options: deny",
];

const listening = async () => {
  const api = await createApiFixture();
  const { port } = await api.listen();
  const ask = (path: string, method = "GET") => rawRequest(port, { method, path, headers });
  return { api, ask };
};
const lowerCase = async (head: Promise<string>): Promise<string> => (await head).toLowerCase();

test("over a socket it is whole, with its length and the headers that every answer has", async () => {
  const { ask } = await listening();
  const answer = ask("/api/v1/bots");
  const head = await lowerCase(answer.head);
  expect(head).toMatch(/^http\/1.1 200 ok\r\n/);
  expect(head).toContain("content-type: application/json\r\n");
  expect(head).toContain("content-length: 2\r\n");
  for (const line of HEADERS_OF_ALL) expect(head).toContain(`${line}\r\n`);
  expect(head).not.toContain("x-hono");
  await expect.poll(answer.body).toBe("[]");
  answer.socket.destroy();
});

test("to HEAD it is the head alone, and the connection goes on", async () => {
  const { ask } = await listening();
  const answer = ask("/api/v1/bots", "HEAD");
  const head = await lowerCase(answer.head);
  expect(head).toMatch(/^http\/1.1 200 ok\r\n/);
  expect(head).toContain("content-length: 2\r\n");
  expect(head).not.toContain("connection: close");
  answer.socket.write(`GET /healthz HTTP/1.1\r\nhost: 127.0.0.1:${answer.socket.remotePort}\r\n\r\n`);
  // What comes next is the next answer, not a body.
  await expect.poll(answer.body).toMatch(/^HTTP\/1.1 200 OK\r\n/);
  answer.socket.destroy();
});

test("for a client that has gone is made all the same, and the log says that nobody read it", async () => {
  const { api, ask } = await listening();
  const asked = gate();
  api.app.get("/slow", async (c) => {
    c.set("route", "/slow");
    const gone = new Promise((resolve) => c.env?.outgoing?.once("close", resolve));
    asked.open();
    await gone;
    return jsonAnswer(c, { done: true }, 200);
  });
  const request = ask("/slow");
  await asked.opened;
  request.socket.destroy();
  const lineOf = (of: string) => api.logLines.find(({ route }) => route === of);
  await expect.poll(() => lineOf("/slow")).toMatchObject({ msg: "request", clientGone: true });
  expect(api.logLines.filter(({ level }) => level === "error")).toEqual([]);
  const read = ask("/api/v1/bots");
  await expect.poll(() => lineOf("/api/v1/bots")).toMatchObject({ status: 200 });
  expect(lineOf("/api/v1/bots")).not.toHaveProperty("clientGone");
  read.socket.destroy();
});

test.each([
  ["that cannot be written as JSON", { count: 1n }, {}],
  ["with a header that cannot be sent", { done: true }, { "x-word": "two\nlines" }],
])("one %s is an error like any other, with the headers that every answer has", async (_, body, own) => {
  const { api, ask } = await listening();
  api.app.get("/broken", (c) => jsonAnswer(c, body, 200, own));
  const overSocket = ask("/broken");
  const head = await lowerCase(overSocket.head);
  expect(head).toMatch(/^http\/1.1 500 /);
  for (const line of HEADERS_OF_ALL) expect(head).toContain(`${line}\r\n`);
  await expect.poll(overSocket.body).toContain('"code":"internal_error"');
  overSocket.socket.destroy();
  const inProcess = await api.fetch("/broken");
  expect([inProcess.status, inProcess.headers.get("x-frame-options")]).toEqual([500, "DENY"]);
});

test("what stands for all answers that were written directly is changed by none, streams included", async () => {
  const { ask } = await listening();
  for (const path of ["/api/v1/bots", "/api/v1/deliveries/stream?botId=b"]) {
    const answer = ask(path);
    expect(await lowerCase(answer.head)).toContain("x-frame-options: deny");
    answer.socket.destroy();
  }
  expect([...ANSWERED_DIRECTLY.headers]).toEqual([["x-hono-already-sent", "true"]]);
});
