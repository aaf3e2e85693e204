import { ApiError } from "@steward/client/api-error";
import { ENDPOINTS } from "@steward/contract/endpoints";
import { beforeEach, describe, expect, test } from "vitest";
import { type ApiFixture, createApiFixture } from "./api-fixture.ts";

const OWNER = "1";
const USER = "2";
const IN_CHAT = { inBotId: "7", inChatId: "2" };
const refused = async (call: Promise<unknown>): Promise<string> => {
  try {
    await call;
  } catch (error) {
    if (error instanceof ApiError) return `${error.status} ${error.code}`;
    throw error;
  }
  return "done";
};

let api: ApiFixture;
beforeEach(async () => {
  api = await createApiFixture();
  for (const userId of [OWNER, USER]) {
    const person = { botId: "7", userId, chatId: userId, username: null, name: null };
    api.core.access.approve(api.core.access.requestPairing(person).code, "test");
  }
});
type Wish = Parameters<typeof api.client.call<typeof ENDPOINTS.createMemory>>[1]["body"];
const create = (body: Partial<Wish>) =>
  api.client.call(ENDPOINTS.createMemory, {
    body: { key: "port", content: "8080", ...(body.shared === undefined && { botId: "7" }), ...body },
  });
const history = (memoryId: number, query = {}) =>
  api.client.call(ENDPOINTS.memoryHistory, { params: { memoryId }, query });

describe("memories over HTTP", () => {
  test("are made, changed, forgotten and brought back, and say who did it", async () => {
    const made = await create({ chatId: "2", ...IN_CHAT, userId: USER, userName: "Bo" });
    expect(made).toMatchObject({ botId: "7", chatId: "2", origin: "person", sourceUserName: "Bo" });
    const params = { memoryId: made.id };
    const changed = await api.client.call(ENDPOINTS.updateMemory, {
      params,
      body: { content: "9090", expectedUpdatedAt: made.updatedAt },
    });
    expect(changed).toMatchObject({ content: "9090", origin: "client" });
    const late = { content: "1", expectedUpdatedAt: made.updatedAt };
    expect(await refused(api.client.call(ENDPOINTS.updateMemory, { params, body: late }))).toBe(
      "409 memory_changed",
    );
    const { change } = await api.client.call(ENDPOINTS.deleteMemory, { params });
    expect(await refused(api.client.call(ENDPOINTS.getMemory, { params }))).toBe("404 memory_not_found");
    expect((await history(made.id)).map(({ action }) => action)).toEqual(["deleted", "updated", "created"]);
    const undo = { params: { changeId: change.id }, body: {} };
    expect((await api.client.call(ENDPOINTS.undoMemoryChange, undo)).memory?.content).toBe("9090");
    expect(await refused(api.client.call(ENDPOINTS.undoMemoryChange, undo))).toBe("409 memory_changed");
    expect(await api.client.call(ENDPOINTS.getMemory, { params })).toMatchObject({ id: made.id });
  });

  test("with a key that is taken are refused, with the one that has it", async () => {
    const { id } = await create({});
    await expect(create({})).rejects.toMatchObject({
      status: 409,
      code: "memory_exists",
      params: { key: "port", id },
    });
    expect((await create({ chatId: "2" })).id).not.toBe(id);
    expect((await create({ shared: true })).botId).toBe("");
  });

  test("are everybody's on purpose alone, and wrong requests change nothing", async () => {
    const post = (body: object) =>
      api.fetch("/api/v1/memories", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
    for (const body of [
      { key: "k", content: "c" },
      { key: "k", content: "c", chatId: "2" },
      { key: "k", content: "c", botId: "7", shared: true },
      { key: "", content: "c", botId: "7" },
      { key: "k", content: "c".repeat(8_001), botId: "7" },
      { key: "k", content: "c", botId: "7", userId: "1" },
      { key: "k", content: "c", botId: "7", inBotId: "7" },
      { key: 5, content: "c", botId: "7" },
    ]) {
      expect((await post(body)).status, JSON.stringify(body)).toBe(422);
    }
    for (const query of ["limit=0", "limit=-1", "limit=201", "limit=x", "cursor=zz", "chatId=2", "state=x"]) {
      expect((await api.fetch(`/api/v1/memories?${query}`)).status, query).toBe(422);
    }
    for (const id of ["0", "-1", "x", "1e99"]) {
      expect((await api.fetch(`/api/v1/memories/${id}`)).status, id).toBe(422);
    }
    expect((await api.client.call(ENDPOINTS.listMemories, {})).total).toBe(0);
  });

  test("of another bot or chat are not there for whoever speaks from a chat", async () => {
    const other = [
      await create({ chatId: "1" }),
      await create({ botId: "8" }),
      await create({ botId: "8", chatId: "2" }),
    ];
    for (const { id: memoryId } of other) {
      const params = { memoryId };
      const [query, body] = [IN_CHAT, IN_CHAT];
      const [changeId] = (await history(memoryId)).map(({ id }) => id);
      for (const call of [
        api.client.call(ENDPOINTS.getMemory, { params, query }),
        api.client.call(ENDPOINTS.memoryHistory, { params, query }),
        api.client.call(ENDPOINTS.updateMemory, { params, body: { ...body, content: "x" } }),
        api.client.call(ENDPOINTS.acceptMemory, { params, body }),
        api.client.call(ENDPOINTS.rejectMemory, { params, body }),
        api.client.call(ENDPOINTS.deleteMemory, { params, query }),
        api.client.call(ENDPOINTS.undoMemoryChange, { params: { changeId: changeId ?? 0 }, body }),
      ]) {
        expect(await refused(call)).toBe("404 memory_not_found");
      }
    }
    const query = { botId: "7", chatId: "2" };
    expect((await api.client.call(ENDPOINTS.listMemories, { query })).memories).toEqual([]);
    expect(await api.client.call(ENDPOINTS.listMemoryChanges, { query })).toEqual([]);
  });

  test("of a bot are changed by its owner, those of everybody by no mere user", async () => {
    const bots = await create({ key: "bots" });
    const all = await create({ key: "all", shared: true });
    const change = (memoryId: number, userId: string) =>
      refused(
        api.client.call(ENDPOINTS.updateMemory, {
          params: { memoryId },
          body: { ...IN_CHAT, userId, pinned: userId === OWNER },
        }),
      );
    expect(await change(bots.id, USER)).toBe("403 owner_only");
    expect(await change(all.id, USER)).toBe("403 owner_only");
    expect(await change(bots.id, OWNER)).toBe("done");
    expect(await change(all.id, OWNER)).toBe("done");
    api.core.access.setRole("7", USER, "admin", "test");
    expect(await change(bots.id, USER)).toBe("done");
    expect(await change(all.id, USER)).toBe("403 owner_only");
    const asUser = { ...IN_CHAT, userId: USER, key: "mine" };
    api.core.access.setRole("7", USER, "user", "test");
    expect(await refused(create(asUser))).toBe("403 owner_only");
    expect(await refused(create({ ...asUser, chatId: "2" }))).toBe("done");
  });

  test("come in pages and by what is asked for", async () => {
    for (const key of ["a", "b", "c"]) await create({ key, category: key === "b" ? "work" : "general" });
    await create({ key: "p", chatId: "2", state: "proposed" });
    const list = (query: object) => api.client.call(ENDPOINTS.listMemories, { query: query as never });
    const keys = async (query: object) => (await list(query)).memories.map(({ key }) => key);
    expect(await keys({ category: "work" })).toEqual(["b"]);
    expect(await keys({ state: "proposed" })).toEqual(["p"]);
    expect(await keys({ botId: "7", own: "true" })).toHaveLength(3);
    expect(await keys({ botId: "7" })).toHaveLength(4);
    expect(await keys({ own: "true" })).toEqual([]);
    const [key = ""] = await keys({ botId: "7", own: "true" });
    expect(await keys({ botId: "7", own: "true", key })).toEqual([key]);
    expect(await keys({ key: `${key}x` })).toEqual([]);
    const first = await list({ limit: 3 });
    expect(first).toMatchObject({ total: 4, memories: [{}, {}, {}] });
    const rest = await list({ limit: 3, cursor: first.next });
    expect(rest).toMatchObject({ total: 4, next: null, memories: [{}] });
  });

  test("are accepted in place of the one they would replace, or rejected", async () => {
    const old = await create({});
    const first = await create({ content: "9090", state: "proposed" });
    const second = await create({ content: "7070", state: "proposed" });
    const accept = { params: { memoryId: first.id }, body: {} };
    const { change } = await api.client.call(ENDPOINTS.acceptMemory, accept);
    expect(change?.action).toBe("accepted");
    expect((await api.client.call(ENDPOINTS.acceptMemory, accept)).change).toBeNull();
    expect(await refused(api.client.call(ENDPOINTS.rejectMemory, accept))).toBe("409 memory_changed");
    const reject = { params: { memoryId: second.id }, body: {} };
    expect((await api.client.call(ENDPOINTS.rejectMemory, reject)).change.action).toBe("rejected");
    const { memories } = await api.client.call(ENDPOINTS.listMemories, {});
    expect(memories.map(({ content }) => content)).toEqual(["9090"]);
    expect((await history(old.id))[0]?.action).toBe("deleted");
  });

  test("are accepted only as they were read, when it is said how that was", async () => {
    const { id, updatedAt } = await create({ state: "proposed" });
    const params = { memoryId: id };
    const changed = await api.client.call(ENDPOINTS.updateMemory, { params, body: { content: "6666" } });
    const accept = (expectedUpdatedAt: number) =>
      refused(api.client.call(ENDPOINTS.acceptMemory, { params, body: { expectedUpdatedAt } }));
    expect(await accept(updatedAt)).toBe("409 memory_changed");
    expect((await api.client.call(ENDPOINTS.getMemory, { params })).state).toBe("proposed");
    expect(await accept(changed.updatedAt)).toBe("done");
  });

  test("leave as a file and come in again, elsewhere too; what is taken is left or replaced, and a bad file does nothing", async () => {
    await create({ key: "a", pinned: true, category: "work" });
    await create({ key: "b", chatId: "2" });
    const file = await api.client.call(ENDPOINTS.exportMemories, {});
    expect(file.memories).toHaveLength(2);
    const takeIn = (body: object) =>
      api.client.call(ENDPOINTS.importMemories, { body: { ...file, ...body } as never });
    expect(await takeIn({})).toEqual({ added: 0, replaced: 0, skipped: 2 });
    expect(await takeIn({ botId: "9" })).toEqual({ added: 2, replaced: 0, skipped: 0 });
    const { memories } = await api.client.call(ENDPOINTS.listMemories, { query: { botId: "9" } });
    expect(memories[0]).toMatchObject({ key: "a", pinned: true, category: "work", origin: "import" });
    const changed = file.memories.map((memory) => ({ ...memory, content: "new" }));
    expect(await takeIn({ memories: changed, onTaken: "replace" })).toMatchObject({ replaced: 2 });
    const bad = [
      ...changed.map((memory) => ({ ...memory, key: `${memory.key}2` })),
      { key: "", content: "" },
    ];
    expect(await refused(takeIn({ memories: bad }))).toBe("422 validation_failed");
    expect((await api.client.call(ENDPOINTS.listMemories, {})).total).toBe(4);
    // Long ones: what goes out as a file comes in again.
    const long = Array.from({ length: 800 }, () => ({ key: "long", content: "x".repeat(8_000) }));
    expect(await takeIn({ memories: long })).toEqual({ added: 1, replaced: 0, skipped: 799 });
  });

  test("of a chat are nobody's without its bot: neither all of them leave, nor do they come in elsewhere", async () => {
    await create({ key: "a" });
    const file = { format: "steward-memories-1" as const, memories: [] };
    const chatId = "2";
    expect(await refused(api.client.call(ENDPOINTS.exportMemories, { query: { chatId } }))).toBe(
      "422 validation_failed",
    );
    expect(await refused(api.client.call(ENDPOINTS.importMemories, { body: { ...file, chatId } }))).toBe(
      "422 validation_failed",
    );
  });
});

describe("words about memories", () => {
  const chat = { botId: "7", chatId: "2", userId: USER, userName: "Bo" };
  const remember = (text: string, of = chat) =>
    api.client.call(ENDPOINTS.rememberText, { body: { ...of, text } });
  const forget = (text: string, of = chat) =>
    api.client.call(ENDPOINTS.forgetText, { body: { ...of, text } });

  test("become a key and a text, once; a key that is taken is proposed beside the one that has it", async () => {
    expect(await remember("port: 8080")).toMatchObject({
      outcome: "remembered",
      memory: { key: "port", content: "8080", chatId: "2", sourceUserName: "Bo", origin: "person" },
    });
    expect(await remember("port: 8080")).toMatchObject({ outcome: "known", change: null });
    expect(await remember("port: 9090")).toMatchObject({
      outcome: "proposed",
      memory: { content: "9090", state: "proposed" },
      existing: { content: "8080" },
    });
    const words = "Wir fahren am Montag nach Berlin, um die Wohnung anzusehen";
    expect((await remember(words)).memory).toMatchObject({
      key: "Wir fahren am Montag nach Berlin, um",
      content: words,
    });
    expect((await remember(`${words} und den Garten`)).memory.key).toBe(
      "Wir fahren am Montag nach Berlin, um (2)",
    );
  });

  test("of a message name the turn that it belongs to as their source", async () => {
    const update = {
      ...{ updateId: 1, kind: "prompt" as const, text: "SAY:the port is 8080", messageId: 31 },
      ...{ command: null, replyTo: null, reason: null, raw: {} },
      chat: { id: "2", type: "private" as const },
      sender: { id: USER, username: null, name: "Bo", language: "en" as const },
    };
    const { results } = await api.client.call(ENDPOINTS.postInbox, {
      body: { botId: "7", updates: [update] },
    });
    const turnId = results[0]?.turnId;
    const of = (messageId: number) =>
      api.client.call(ENDPOINTS.rememberText, { body: { ...chat, text: `${messageId} is it`, messageId } });
    expect((await of(31)).memory.sourceTurnId).toBe(turnId);
    expect((await of(32)).memory.sourceTurnId).toBeNull();
  });

  test("forget by number, key or words; several are shown, and what one may not change is not there", async () => {
    const { memory } = await remember("port: 8080");
    await remember("host: the port is in Hamburg");
    await create({ key: "secret", content: "of the bot" });
    expect(await forget("secret")).toMatchObject({ outcome: "none" });
    expect((await forget("secret", { ...chat, userId: OWNER })).outcome).toBe("forgotten");
    expect((await forget("HAMBURG in")).outcome).toBe("forgotten");
    await remember("host: the port is in Hamburg");
    expect(await forget("port is 80")).toMatchObject({ outcome: "none" });
    expect((await forget("por")).candidates).toHaveLength(2);
    expect(await forget("Port!")).toMatchObject({ outcome: "forgotten", candidates: [{ id: memory.id }] });
    const again = await remember("port: 8080");
    expect((await forget(`#${again.memory.id}`)).outcome).toBe("forgotten");
    expect((await forget("99999")).outcome).toBe("none");
  });
});
