import { expect, test } from "vitest";
import { createApiFixture } from "./api-fixture.ts";

const add = (
  api: Awaited<ReturnType<typeof createApiFixture>>,
  content: string,
  sessionId = "s 世",
): number =>
  api.core.history.add({
    sessionId,
    botId: "cli",
    role: "user",
    content,
    source: "web",
    telegramChatId: null,
  });
const S = `botId=cli&sessionId=${encodeURIComponent("s 世")}`;

test("an export over a socket is a file, written while it is read", async () => {
  const api = await createApiFixture();
  for (let n = 0; n < 1_100; n++) add(api, `message ${n} ${"x".repeat(500)}`);
  const { port } = await api.listen();
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/history/export?${S}`, {
    headers: { authorization: "Bearer test-token-of-thirty-two-characters-or-more" },
  });
  expect(answer.headers.get("content-disposition")).toBe('attachment; filename="s__.json"');
  expect(answer.headers.get("content-security-policy")).toContain("sandbox");
  expect(((await answer.json()) as { messages: unknown[] }).messages).toHaveLength(1_100);
  const markdown = await api.fetch(`/api/v1/history/export?${S}&format=markdown`);
  expect((await markdown.text()).match(/^message /gm)).toHaveLength(1_100);
});

test.each([
  ["limit=0", 422],
  ["limit=-1", 422],
  ["limit=100000", 422],
  ["before=x%20y", 422],
  ["before=no-place", 422],
  ["around=0", 422],
  ["around=999", 404],
  ["around=1&before=1.MQ", 422],
])("messages with %s: %i", async (query, status) => {
  const api = await createApiFixture();
  add(api, "hello");
  expect((await api.fetch(`/api/v1/history/messages?${S}&${query}`)).status).toBe(status);
});

test("a session of another bot, or none, is not found; so are its messages, its export and its deletion", async () => {
  const api = await createApiFixture();
  const id = add(api, "hello");
  for (const session of ["botId=other&sessionId=s%20世", "botId=cli&sessionId=none"]) {
    for (const [method, path] of [
      ["GET", "/api/v1/history/messages"],
      ["GET", "/api/v1/history/export"],
      ["DELETE", "/api/v1/history/sessions"],
      ["DELETE", `/api/v1/history/messages/${id}`],
    ] as const)
      expect((await api.fetch(`${path}?${session}`, { method })).status, path).toBe(404);
  }
  expect((await api.fetch(`/api/v1/history/messages/${id}?${S}`, { method: "DELETE" })).status).toBe(200);
  expect((await api.fetch(`/api/v1/history/messages?${S}`)).status).toBe(404);
});

test("the list of sessions is paged by its cursor", async () => {
  const api = await createApiFixture();
  for (const name of ["a", "b", "c"]) add(api, "x", name);
  const first = (await (await api.fetch("/api/v1/history/sessions?limit=2")).json()) as { next: string };
  const second = await api.fetch(`/api/v1/history/sessions?limit=2&cursor=${first.next}`);
  expect(await second.json()).toMatchObject({ sessions: [{ sessionId: "a" }], next: null });
});
