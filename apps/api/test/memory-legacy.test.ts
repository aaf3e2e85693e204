import { beforeEach, describe, expect, test } from "vitest";
import { type ApiFixture, createApiFixture } from "./api-fixture.ts";

let api: ApiFixture;
beforeEach(async () => {
  api = await createApiFixture();
});
const send = async (method: string, path: string, body?: object) => {
  const headers = { "content-type": "application/json" };
  const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
  const response = await api.fetch(`/api/memory${path}`, init);
  // What it holds is what these tests look at.
  return { status: response.status, body: JSON.parse(await response.text()) };
};
const add = (key: string, more = {}) => send("POST", "", { key, content: `of ${key}`, ...more });

describe("the ancestor's memory endpoints", () => {
  test("answer rows in its names and times, the latest change first", async () => {
    const { status, body } = await add("port");
    expect({ status, keys: Object.keys(body) }).toEqual({ status: 201, keys: ["id"] });
    await add("host", { category: "net", bot_id: "7" });
    const rows = (await send("GET", "")).body;
    expect(rows).toEqual([
      {
        id: body.id,
        key: "port",
        content: "of port",
        category: "general",
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/),
        updated_at: rows[0].created_at,
        bot_id: "default",
      },
    ]);
    await add("b");
    await send("PUT", `/${body.id}`, { content: "new" });
    expect((await send("GET", "")).body.map(({ key }: { key: string }) => key)).toEqual(["port", "b"]);
    expect((await send("GET", "?bot_id=7&category=net")).body).toMatchObject([{ key: "host", bot_id: "7" }]);
    expect((await send("GET", "?bot_id=7&category=x")).body).toEqual([]);
  });

  test("refuse a key that is taken within the bot, and only there; the next write works at once", async () => {
    await add("port");
    const again = await add("port");
    expect(again).toMatchObject({ status: 409, body: { detail: "Memory with key 'port' already exists" } });
    expect((await add("port", { bot_id: "7" })).status).toBe(201);
    expect((await add("host")).status).toBe(201);
  });

  test("change what is given, and answer the whole row", async () => {
    const { id } = (await add("port")).body;
    expect(await send("PUT", `/${id}`, {})).toMatchObject({ status: 200, body: { content: "of port" } });
    const changed = await send("PUT", `/${id}`, { content: "9090", category: null });
    expect(changed.body).toMatchObject({ id, key: "port", content: "9090", category: "general" });
    expect(await send("PUT", "/4711", { content: "x" })).toMatchObject({
      status: 404,
      body: { detail: "Memory not found" },
    });
    expect((await send("PUT", "/x", { content: "x" })).status).toBe(422);
  });

  test("delete, also what is not there", async () => {
    const { id } = (await add("port")).body;
    for (const each of [id, id, 4711]) {
      expect(await send("DELETE", `/${each}`)).toEqual({ status: 200, body: { deleted: true } });
    }
    expect((await send("GET", "")).body).toEqual([]);
  });

  test("know nothing of what is a chat's own, everybody's, or only proposed", async () => {
    const author = { origin: "agent", userId: null, userName: null, turnId: null, messageId: null } as const;
    const others = [
      { botId: "default", chatId: "1", key: "a", content: "a" },
      { botId: "", chatId: "", key: "b", content: "b" },
      { botId: "default", chatId: "", key: "c", content: "c", state: "proposed" as const },
    ].map((memory) => api.core.memories.add(memory, author));
    expect((await send("GET", "")).body).toEqual([]);
    for (const memory of others) {
      expect((await send("PUT", `/${memory.id}`, { content: "x" })).status).toBe(404);
      expect((await send("DELETE", `/${memory.id}`)).status).toBe(200);
      expect(api.core.memories.find(memory.id)).toEqual(memory);
    }
  });

  test("find within the bot by words, at once after a change, and say in headers how", async () => {
    const { id } = (await add("port", { content: "The gateway listens on 8080" })).body;
    await add("port", { content: "The gateway listens on 7070", bot_id: "7" });
    const find = async (query: string) => {
      const response = await api.fetch(`/api/memory/search?${query}`);
      const rows = response.status === 200 ? JSON.parse(await response.text()) : [];
      return { status: response.status, rows, mode: response.headers.get("steward-search-mode") };
    };
    await api.core.searchIndex.flush();
    expect((await find("q=gateway")).rows).toEqual([
      {
        ...{
          id,
          key: "port",
          content: "The gateway listens on 8080",
          category: "general",
          bot_id: "default",
        },
        ...{ created_at: expect.stringContaining("+00:00"), distance: null, mode: "lexical" },
        score: expect.any(Number),
      },
    ]);
    await send("PUT", `/${id}`, { content: "The door is green" });
    await api.core.searchIndex.flush();
    expect(await find("q=gateway")).toEqual({ status: 200, rows: [], mode: "lexical" });
    expect((await find("q=green")).rows).toMatchObject([{ id }]);
    await send("DELETE", `/${id}`);
    expect((await find("q=green")).rows).toEqual([]);
    for (const limit of ["0", "-1", "820", "x"]) expect((await find(`q=x&limit=${limit}`)).status).toBe(422);
    expect((await find("limit=3")).status).toBe(422);
  });
});
