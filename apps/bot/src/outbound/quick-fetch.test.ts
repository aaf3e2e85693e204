import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { createQuickFetch } from "./quick-fetch.ts";

/** Answers with what it was sent; `/cut` hangs up in the middle, `/hang` never answers. */
async function start() {
  const ports = new Set<number | undefined>();
  const server = createServer((asked, answer) => {
    ports.add(asked.socket.remotePort);
    if (asked.url === "/hang") return;
    if (asked.url === "/cut") {
      answer.writeHead(200, { "content-length": "100" }).write("half");
      setImmediate(() => asked.socket.destroy());
      return;
    }
    let body = "";
    asked.setEncoding("utf8").on("data", (text: string) => (body += text));
    asked.on("end", () => {
      const status = Number(asked.headers["x-status"] ?? 200);
      answer.writeHead(status, { location: "/elsewhere" });
      answer.end(status === 204 ? "" : `${asked.method} ${asked.headers.authorization} ${body}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const others: string[] = [];
  const quick = createQuickFetch((url, { method }) => {
    others.push(`${method} ${url}`);
    return Promise.resolve(new Response("by fetch"));
  });
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const post = (path: string, more: RequestInit & { headers?: Record<string, string> } = {}) =>
    quick(`${base}${path}`, {
      method: "POST",
      body: "grüße",
      ...more,
      headers: { authorization: "Bearer t", ...more.headers },
    });
  return { base, quick, post, others, ports };
}

test("a post arrives whole, with its headers, over one connection", async () => {
  const { post, ports, others } = await start();
  for (const _ of [1, 2, 3]) {
    const answer = await post("/a");
    expect([answer.ok, answer.status, await answer.text()]).toEqual([true, 200, "POST Bearer t grüße"]);
  }
  expect(ports.size).toBe(1);
  expect(others).toEqual([]);
});

test.each([204, 302, 404, 500])("status %i is passed on, and no redirect is followed", async (status) => {
  const { post } = await start();
  expect((await post("/a", { headers: { "x-status": String(status) } })).status).toBe(status);
});

test("a broken line and an abort reject", async () => {
  const { post } = await start();
  await expect(post("/cut")).rejects.toThrow(/aborted|hang up|terminated/);
  const controller = new AbortController();
  const hanging = post("/hang", { signal: controller.signal });
  controller.abort();
  await expect(hanging).rejects.toMatchObject({ name: "AbortError" });
  await expect(post("/a", { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: "AbortError" });
});

test("everything else is fetch's", async () => {
  const { base, quick, others } = await start();
  await quick(`${base}/stream`, { method: "GET" });
  await quick(`${base}/upload`, { method: "POST", body: new Blob(["x"]) });
  await quick("https://steward.example/a", { method: "POST", body: "x" });
  expect(others).toEqual([`GET ${base}/stream`, `POST ${base}/upload`, "POST https://steward.example/a"]);
});
