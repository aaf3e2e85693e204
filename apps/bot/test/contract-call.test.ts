import { expect, test } from "vitest";
import { readContractCall, routeOf } from "./contract-call.ts";

const BOT = "4242";

const call = (
  method: string,
  path: string,
  { headers = {}, body }: { headers?: Record<string, string>; body?: unknown } = {},
) => {
  const url = new URL(path, "http://steward.test");
  const route = routeOf(method, url.pathname);
  if (route === undefined) throw new Error("there is no such endpoint");
  return readContractCall(route, { url, headers, text: JSON.stringify(body) });
};

test("what the contract has is read as it was sent", () => {
  expect(call("get", `/api/v1/search?q=tea&limit=3&botId=${BOT}`)).toEqual({
    params: {},
    query: { q: "tea", limit: "3", botId: BOT },
    body: undefined,
  });
});

test.each([
  ["a path that is no number", "get", "/api/v1/memories/tea", {}],
  ["a value that is out of bounds", "get", "/api/v1/search?q=tea&limit=0", {}],
  ["a query that nobody reads", "get", "/api/v1/search?q=tea&chat=77", {}],
  ["a field that nobody reads", "put", `/api/v1/bots/${BOT}`, { body: { username: null, name: "Ada" } }],
  [
    "a key that is none",
    "post",
    "/api/v1/memories/forget",
    { headers: { "idempotency-key": "" }, body: { botId: BOT, chatId: "77", text: "tea" } },
  ],
] as const)("%s is refused", (_, method, path, sent) => {
  expect(() => call(method, path, sent)).toThrow();
});
