import { listRecalls } from "@steward/contract/turn-history";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type ApiFixture, createApiFixture, TOKEN } from "./api-fixture.ts";

const HEADERS = { "content-type": "application/json", accept: "application/json, text/event-stream" };
const PROTOCOL = {
  protocolVersion: "2025-06-18",
  capabilities: {},
  clientInfo: { name: "test", version: "1" },
};

interface Answer {
  status: number;
  headers: Headers;
  body: { result?: Record<string, unknown>; error?: { code: number; message: string } } | null;
}

/** One JSON-RPC message; the answer may come as JSON or as the one event of a stream. */
async function post(api: ApiFixture, key: string, message: object, path = "/mcp"): Promise<Answer> {
  const response = await api.fetch(path, {
    method: "POST",
    headers: { ...HEADERS, authorization: `Bearer ${key}` },
    body: JSON.stringify({ jsonrpc: "2.0", ...message }),
  });
  const text = await response.text();
  const json = /^data: (.*)$/m.exec(text)?.[1] ?? text;
  return { status: response.status, headers: response.headers, body: json === "" ? null : JSON.parse(json) };
}

interface Called {
  isError: boolean;
  text: string;
}
async function call(
  api: ApiFixture,
  key: string,
  name: string,
  input: object,
  path = "/mcp",
): Promise<Called> {
  const message = { id: 1, method: "tools/call", params: { name, arguments: input } };
  const { body } = await post(api, key, message, path);
  const result = body?.result as { isError?: boolean; content: { text: string }[] } | undefined;
  if (!result) throw new Error(`no result: ${JSON.stringify(body)}`);
  return { isError: result.isError === true, text: result.content.map(({ text }) => text).join("") };
}

/** A chat whose agent works on a turn right now, with that agent's key. */
async function workingAgent(
  api: ApiFixture,
  chatId: string,
  prompt = "work",
  botId = "web",
): Promise<string> {
  api.driver.script = () => undefined;
  api.core.turns.submit({
    address: { botId, chatId, threadId: "" },
    text: prompt,
    fileIds: [],
    source: "web",
    language: "en",
    userId: null,
    userName: null,
    replyToMessageId: null,
    idempotencyKey: { scope: "test", key: `${botId}-${chatId}-${prompt}` },
    deliver: false,
  });
  const find = () =>
    api.driver.sessions.find(
      ({ launch, turns }) => launch.cwd.endsWith(`/${botId}/${chatId}`) && turns.length > 0,
    );
  await expect.poll(find).toBeDefined();
  const key = find()?.launch.toolServer?.token;
  if (key === undefined) throw new Error("its process has no key");
  return key;
}

test("speaks the protocol: handshake, ping, tools, notifications, and no stream to read", async () => {
  const api = await createApiFixture();
  const key = await workingAgent(api, "ada");
  const hello = await post(api, key, { id: 1, method: "initialize", params: PROTOCOL });
  expect(hello.body?.result).toMatchObject({
    protocolVersion: "2025-06-18",
    serverInfo: { name: "steward" },
  });
  const unknown = { ...PROTOCOL, protocolVersion: "1999-01-01" };
  const negotiated = await post(api, key, { id: 1, method: "initialize", params: unknown });
  expect(negotiated.body?.result?.protocolVersion).toMatch(/^20\d\d-\d\d-\d\d$/);
  expect((await post(api, key, { id: 2, method: "ping" })).body?.result).toEqual({});
  expect((await post(api, key, { method: "notifications/initialized" })).status).toBe(202);

  const { body } = await post(api, key, { id: 3, method: "tools/list" });
  const tools = body?.result?.tools as { name: string; inputSchema: { additionalProperties?: boolean } }[];
  expect(tools.map(({ name }) => name).sort()).toEqual([
    "add_memory",
    "delete_memory",
    "list_memories",
    "search_chat_history",
    "search_memory",
    "update_memory",
  ]);
  for (const { inputSchema } of tools) expect(inputSchema.additionalProperties).toBe(false);

  const read = await api.fetch("/mcp", { headers: { ...HEADERS, authorization: `Bearer ${key}` } });
  expect(read.status).toBe(405);
  expect((await api.fetch("/mcp")).status).toBe(405);
});

test("a key opens its own chat's tools, nothing else, and only as long as its process lives", async () => {
  const api = await createApiFixture();
  const key = await workingAgent(api, "ada");
  expect(await call(api, key, "list_memories", {})).toEqual({ isError: false, text: '{"memories":[]}' });
  const authorization = `Bearer ${key}`;
  for (const path of ["/api/v1/policies", "/api/v1/chats", "/mcp/x", "/api/memory", "/openapi.json"]) {
    expect((await api.fetch(path, { headers: { authorization } })).status, path).toBe(401);
  }
  const wrongHost = await api.fetch("/mcp", {
    method: "POST",
    headers: { ...HEADERS, authorization, host: "evil.example" },
    body: "{}",
  });
  expect(wrongHost.status).toBe(403);
  const page = await api.fetch("/mcp", {
    method: "POST",
    headers: { ...HEADERS, authorization, origin: "http://evil.example" },
    body: "{}",
  });
  expect(page.status).toBe(403);
  expect((await post(api, "guessed", { id: 1, method: "ping" })).status).toBe(401);

  const session = api.driver.sessions[0];
  session?.crash();
  await session?.exited;
  await expect.poll(async () => (await post(api, key, { id: 1, method: "ping" })).status).toBe(401);
});

test("the owner's token has to name a chat that there is", async () => {
  const api = await createApiFixture();
  await workingAgent(api, "ada");
  expect((await post(api, TOKEN, { id: 1, method: "ping" })).status).toBe(422);
  expect((await post(api, TOKEN, { id: 1, method: "ping" }, "/mcp?botId=web&chatId=nobody")).status).toBe(
    404,
  );
  const path = "/mcp?botId=web&chatId=ada";
  const kept = await call(api, TOKEN, "add_memory", { key: "a", content: "b", scope: "everyone" }, path);
  expect(JSON.parse(kept.text)).toMatchObject({ key: "a", scope: "everyone" });
  expect(api.core.memories.find(1)).toMatchObject({
    state: "accepted",
    origin: "client",
    botId: "",
    chatId: "",
  });
});

test("what cannot be done is an error of the tool, with what to do about it", async () => {
  const api = await createApiFixture();
  const key = await workingAgent(api, "ada");
  expect(await call(api, key, "update_memory", { memory_id: 99, content: "x" })).toEqual({
    isError: true,
    text: "There is no memory 99 here. list_memories names those there are.",
  });
  for (const input of [{}, { memory_id: "1" }, { memory_id: 0 }, { memory_id: 1, path: "/etc/passwd" }]) {
    expect((await call(api, key, "delete_memory", input)).isError, JSON.stringify(input)).toBe(true);
  }
  expect((await call(api, key, "add_memory", { key: "k", content: "x".repeat(8_001) })).isError).toBe(true);
  expect((await call(api, key, "list_memories", { bot_id: "other" })).isError).toBe(true);
  const huge = {
    id: 1,
    method: "tools/call",
    params: { name: "add_memory", arguments: { key: "k", content: "x".repeat(300_000) } },
  };
  expect((await post(api, key, huge)).status).toBe(413);
});

test("the same thing twice is one memory; another under its key is refused", async () => {
  const api = await createApiFixture();
  const key = await workingAgent(api, "ada");
  const first = JSON.parse((await call(api, key, "add_memory", { key: "editor", content: "helix" })).text);
  const again = JSON.parse((await call(api, key, "add_memory", { key: "editor", content: "helix" })).text);
  expect(again).toEqual({ ...first, unchanged: true });
  expect((await call(api, key, "add_memory", { key: "editor", content: "vim" })).isError).toBe(true);
  expect(api.core.memories.list({})).toHaveLength(1);
  expect(api.core.memories.find(first.id)).toMatchObject({
    origin: "agent",
    sourceMessageId: 1,
    state: "accepted",
  });
});

test("property: no agent ever sees, changes or deletes what its chat may not know", async () => {
  const api = await createApiFixture();
  const chats = [
    { botId: "web", chatId: "ada" },
    { botId: "web", chatId: "bob" },
    { botId: "tg", chatId: "ada" },
  ];
  const keys = new Map<string, string>();
  for (const { botId, chatId } of chats)
    keys.set(`${botId}/${chatId}`, await workingAgent(api, chatId, "work", botId));
  const owners = [
    ...chats,
    { botId: "web", chatId: "" },
    { botId: "tg", chatId: "" },
    { botId: "", chatId: "" },
  ];
  const author = { origin: "person", userId: null, userName: null, turnId: null, messageId: null } as const;
  let n = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...owners), { minLength: 1, maxLength: 6 }),
      fc.constantFrom(...chats),
      fc.constantFrom("accepted" as const, "proposed" as const),
      async (made, asking, state) => {
        const memories = made.map((owner) => {
          n += 1;
          return api.core.memories.add({ ...owner, key: `k${n}`, content: `secret-${n}`, state }, author);
        });
        const key = keys.get(`${asking.botId}/${asking.chatId}`) ?? "";
        const listed = await call(api, key, "list_memories", {});
        for (const memory of memories) {
          const isOwn = memory.chatId === asking.chatId && memory.botId === asking.botId;
          const mayKnow =
            isOwn || (memory.chatId === "" && (memory.botId === "" || memory.botId === asking.botId));
          const isShown = mayKnow && state === "accepted";
          expect(listed.text.includes(`"${memory.content}"`)).toBe(isShown);
          const changed = await call(api, key, "update_memory", { memory_id: memory.id, content: "changed" });
          const deleted = await call(api, key, "delete_memory", { memory_id: memory.id });
          const left = api.core.memories.find(memory.id);
          if (!isShown) {
            expect([changed.isError, deleted.isError]).toEqual([true, true]);
            expect(changed.text).toBe(
              `There is no memory ${memory.id} here. list_memories names those there are.`,
            );
            expect(left).toEqual(memory);
          } else if (isOwn) expect(left).toBeNull();
          // What is more than its own is never changed by an agent: at most proposed anew.
          else expect(left).toEqual(memory);
        }
      },
    ),
    { numRuns: 40 },
  );
});

test("what a turn was reminded of can be asked for", async () => {
  const api = await createApiFixture();
  await workingAgent(api, "ada");
  const author = { origin: "person", userId: "7", userName: "Ada", turnId: null, messageId: 1 } as const;
  const pinned = { botId: "web", chatId: "bob", key: "tone", content: "Be brief", pinned: true };
  const { id } = api.core.memories.add(pinned, author);
  await workingAgent(api, "bob");
  const [turn] = api.core.turnHistory.list({ botId: "web", chatId: "bob", threadId: "" }, "all", 1);
  const recalls = await api.client.call(listRecalls, { params: { turnId: turn?.id ?? "" } });
  expect(recalls).toEqual([
    {
      ...{ memoryId: id, key: "tone", content: "Be brief", mode: "pinned", score: null, now: "same" },
      ...{ origin: "person", userName: "Ada", messageId: 1, turnId: null, at: expect.any(Number) },
    },
  ]);
  const unknown = await api.fetch("/api/v1/turns/0193f0a2-7c11-7000-8000-00000000002a/recalls");
  expect(unknown.status).toBe(404);
});
