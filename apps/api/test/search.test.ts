import { ENDPOINTS } from "@steward/contract/endpoints";
import { chatSearchRowSchema, searchAnswerSchema } from "@steward/contract/search";
import { expect, test } from "vitest";
import { z } from "zod";
import { createApiFixture, TOKEN } from "./api-fixture.ts";

const open = async () => {
  const fixture = await createApiFixture();
  const say = (content: string, bot_id = "default", session_id = `gw-${bot_id}-1`) =>
    fixture.client
      .call(ENDPOINTS.addChatMessage, { body: { session_id, role: "user", content, bot_id } })
      .then(({ id }) => id);
  const search = (parameters: Record<string, string>, path = "/api/chat/search") =>
    fixture.fetch(`${path}?${new URLSearchParams(parameters)}`);
  return { ...fixture, say, search };
};

test("the ancestor's search answers its rows, with distance, score and mode, and says in headers how", async () => {
  const { say, search } = await open();
  const id = await say("where the tea is kept");
  await say("where the tea is kept", "other");
  const answer = await search({ q: "tea", bot_id: "default" });
  expect(answer.status).toBe(200);
  expect([answer.headers.get("steward-search-mode"), answer.headers.get("steward-search-degraded")]).toEqual([
    "lexical",
    "no_embedder",
  ]);
  const rows = z.array(chatSearchRowSchema).parse(await answer.json());
  expect(rows).toMatchObject([
    {
      id,
      session_id: "gw-default-1",
      bot_id: "default",
      role: "user",
      source: "telegram",
      distance: null,
      mode: "lexical",
    },
  ]);
  expect(rows[0]?.created_at).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  expect(await (await search({ q: "tea" })).json()).toHaveLength(2);
});

test("the headers also stand over an empty answer, and on a real socket", async () => {
  const { listen } = await open();
  const { url } = await listen();
  const answer = await fetch(`${url}/api/chat/search?q=nothing`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  expect(await answer.json()).toEqual([]);
  expect(answer.headers.get("steward-search-mode")).toBe("lexical");
});

test("whatever is asked for gets a list or a refusal, never a failure", async () => {
  const { say, search } = await open();
  await say("hello");
  const status = async (parameters: Record<string, string>, path?: string) =>
    (await search(parameters, path)).status;
  for (const path of ["/api/chat/search", "/api/v1/search"]) {
    for (const q of [
      "🙂🙂",
      '"',
      "a AND",
      "x NEAR(",
      "'; DROP TABLE chat_messages; --",
      "*",
      "body : x",
      "c++",
      "\u0000",
      "\ud800",
      " ",
      "%",
      "-",
    ]) {
      expect(await status({ q }, path), q).toBe(200);
    }
    for (const limit of ["0", "-1", "101", "1e9", "x", "1.5"])
      expect(await status({ q: "a", limit }, path), limit).toBe(422);
    for (const limit of ["1", "100"]) expect(await status({ q: "a", limit }, path)).toBe(200);
    for (const q of ["", "x".repeat(100_000)]) expect(await status({ q }, path)).toBe(422);
    expect((await search({}, path)).status).toBe(422);
  }
  expect(await status({ q: "a", bot_id: "no-such" })).toBe(422);
  expect(await (await search({ q: "hello", bot_id: "nobody" })).json()).toEqual([]);
  expect(await status({ q: "a", chatId: "1" }, "/api/v1/search")).toBe(422);
  expect(await status({ q: "a", botId: "b", threadId: "1" }, "/api/v1/search")).toBe(422);
  expect((await search({ q: "hello" })).status).toBe(200);
});

test("messages and memories are searched together, narrowed by all filters, with the words marked", async () => {
  const { say, search, database } = await open();
  const id = await say("we drink 绿茶 at noon", "b", "gw-b-7");
  await say("绿茶 elsewhere", "b", "gw-b-70");
  database.sqlite
    .prepare(
      "INSERT INTO memories (bot_id, key, content, category, origin, created_at, updated_at) VALUES (?, ?, ?, ?, 'person', 1, 1)",
    )
    .run("b", "tea", "绿茶", "drinks");
  const ask = async (more: Record<string, string>) =>
    searchAnswerSchema.parse(await (await search({ q: "绿茶", ...more }, "/api/v1/search")).json());
  const all = await ask({ botId: "b", chatId: "7" });
  expect(all.messages).toMatchObject([
    { id, kind: "message", snippet: { text: "we drink 绿茶 at noon", marks: [[9, 11]] } },
  ]);
  expect(all.memories).toMatchObject([
    {
      ...{ kind: "memory", id: 1, snippet: { text: "绿茶", marks: [[0, 2]] } },
      memory: { id: 1, botId: "b", key: "tea", category: "drinks" },
    },
  ]);
  expect(all.degraded).toEqual(["no_embedder"]);
  const counts = async (more: Record<string, string>) => {
    const { messages, memories } = await ask(more);
    return [messages.length, memories.length];
  };
  expect(await counts({})).toEqual([2, 1]);
  expect(await counts({ in: "messages" })).toEqual([2, 0]);
  expect(await counts({ in: "memories", category: "drinks" })).toEqual([0, 1]);
  expect(await counts({ in: "memories", category: "other" })).toEqual([0, 0]);
  expect(await counts({ role: "assistant", in: "messages" })).toEqual([0, 0]);
  expect(await counts({ source: "telegram", in: "messages" })).toEqual([2, 0]);
  expect(await counts({ to: "5", in: "messages" })).toEqual([0, 0]);
  expect(await counts({ from: "5", in: "messages" })).toEqual([2, 0]);
  expect(await counts({ limit: "1", in: "messages" })).toEqual([1, 0]);
});

test("a chat is shown the memories that it may know: its own, its bot's, everybody's, and nobody else's", async () => {
  const { core, search } = await open();
  const author = { origin: "person", userId: null, userName: null, turnId: null, messageId: null } as const;
  for (const [botId, chatId] of [
    ["b", "7"],
    ["b", ""],
    ["", ""],
    ["b", "70"],
    ["c", ""],
    ["c", "7"],
  ] as const)
    core.memories.add({ botId, chatId, key: `of ${botId}/${chatId}`, content: "tea" }, author);
  const found = async (scope: Record<string, string>) => {
    const answer = await search({ q: "tea", in: "memories", ...scope }, "/api/v1/search");
    const { memories } = searchAnswerSchema.parse(await answer.json());
    return memories.map(({ id }) => core.memories.find(id)?.key).sort();
  };
  expect(await found({ botId: "b", chatId: "7" })).toEqual(["of /", "of b/", "of b/7"]);
  expect(await found({ botId: "b" })).toEqual(["of b/", "of b/7", "of b/70"]);
  expect(await found({})).toHaveLength(6);
});
