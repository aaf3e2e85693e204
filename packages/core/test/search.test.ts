import type { OpenDatabase } from "@steward/schema/sqlite";
import { chatMessages, memories } from "@steward/schema/tables";
import { expect, test } from "vitest";
import type { MemorySearch, MessageSearch } from "../src/search/search-service.ts";
import { openOwnDatabase } from "./own-database.ts";
import { startCore } from "./test-core.ts";

type MessageRow = typeof chatMessages.$inferInsert;

const write = (database: OpenDatabase, content: string, row: Partial<MessageRow> = {}): number =>
  Number(
    database.db
      .insert(chatMessages)
      .values({
        sessionId: "gw-b-1",
        botId: "b",
        role: "user",
        content,
        source: "cli",
        createdAt: 1_000,
        ...row,
      })
      .run().lastInsertRowid,
  );
const remember = (
  database: OpenDatabase,
  key: string,
  row: Partial<typeof memories.$inferInsert> = {},
): number =>
  Number(
    database.db
      .insert(memories)
      .values({ key, content: `about ${key}`, origin: "person", createdAt: 1, updatedAt: 1, ...row })
      .run().lastInsertRowid,
  );
const open = async () => {
  const database = openOwnDatabase();
  const { core } = await startCore({ database });
  return {
    database,
    core,
    find: async (text: string, search: Partial<MessageSearch> = {}) => {
      await core.searchIndex.flush();
      return (await core.search.messages({ text, limit: 10, scope: {}, ...search })).hits;
    },
    recall: async (text: string, search: Partial<MemorySearch> = {}) => {
      await core.searchIndex.flush();
      return (await core.search.memories({ text, limit: 10, scope: "all", ...search })).hits;
    },
  };
};
const ids = (hits: { id: number }[]): number[] => hits.map(({ id }) => id);

test("what was said in a turn is found at once, without waiting for the index", async () => {
  const { core, ask } = await startCore();
  await ask("where is the zephyr manual?");
  const { hits, mode, degraded } = await core.search.messages({ text: "zephyr", limit: 5, scope: {} });
  expect(hits[0]).toMatchObject({
    role: "user",
    botId: "cli",
    sessionId: "gw-cli-main",
    distance: null,
    mode: "lexical",
  });
  expect([mode, degraded]).toEqual(["lexical", ["no_embedder"]]);
});

test("a chat is found with all its topics, one topic alone, and never another chat of a like name", async () => {
  const { database, find } = await open();
  const inChat = write(database, "needle", { sessionId: "gw-b-1" });
  const inTopic = write(database, "needle", { sessionId: "gw-b-1.t7" });
  write(database, "needle", { sessionId: "gw-b-12" });
  write(database, "needle", { sessionId: "gw-b-1.tx" });
  write(database, "needle", { sessionId: "gw-b-1", botId: "other" });
  const free = write(database, "needle", { sessionId: "anything at all", botId: "legacy" });
  expect(ids(await find("needle", { scope: { botId: "b", chatId: "1" } }))).toEqual([inTopic, inChat]);
  expect(ids(await find("needle", { scope: { botId: "b", chatId: "1", threadId: "7" } }))).toEqual([inTopic]);
  expect(ids(await find("needle", { scope: { botId: "b", chatId: "1", threadId: "" } }))).toEqual([inChat]);
  expect(ids(await find("needle", { scope: { botId: "legacy" } }))).toEqual([free]);
  expect(await find("needle", { scope: { botId: "nobody" } })).toEqual([]);
  expect(await find("needle", { scope: { botId: "b", chatId: "99" } })).toEqual([]);
  expect(await find("needle")).toHaveLength(6);
});

test("no filter loses what exists behind more than all that is ranked", async () => {
  const { database, find } = await open();
  const wanted = write(database, "common words", {
    botId: "small",
    sessionId: "s",
    role: "assistant",
    source: "cron",
    createdAt: 5,
  });
  database.write(() => {
    for (let i = 0; i < 6_000; i++) write(database, "common words", { createdAt: 10_000 });
  });
  for (const search of [
    { scope: { botId: "small" } },
    { role: "assistant" },
    { source: "cron" },
    { to: 10 },
    { from: 5, to: 6 },
  ] as const) {
    expect(ids(await find("common", search))).toEqual([wanted]);
  }
}, 30_000);

test("in a chat a word weighs by how rare it is there, not elsewhere", async () => {
  const { database, find } = await open();
  database.write(() => {
    for (let i = 0; i < 300; i++) write(database, "kernel", { sessionId: "gw-b-2" });
    for (let i = 0; i < 30; i++) write(database, "panic");
  });
  const rare = write(database, "of the kernel there is this");
  for (let i = 0; i < 3; i++) write(database, "panic");
  expect(ids(await find("kernel panic", { scope: { botId: "b", chatId: "1" } }))[0]).toBe(rare);
});

test("of very many like messages of a chat the newest are found", async () => {
  const { database, find } = await open();
  const all = database.write(() => Array.from({ length: 700 }, () => write(database, "good morning")));
  const newest = all.slice(-10).reverse();
  expect(ids(await find("morning", { scope: { botId: "b", chatId: "1" } }))).toEqual(newest);
});

test("slips of the pen are forgiven, and marked where they were meant", async () => {
  const { database, find } = await open();
  const meant = write(database, "The database is in the kitchen");
  write(database, "A date with a base player");
  for (const slip of ["databse", "dataabse", "databasee", "dtabase", "datebase"]) {
    const hits = await find(slip);
    expect(ids(hits), slip).toEqual([meant]);
    expect(hits[0]?.snippet.marks, slip).toEqual([[4, 12]]);
    expect(ids(await find(slip, { scope: { botId: "b", chatId: "1" } })), slip).toEqual([meant]);
  }
  expect(await find("zzzzzz")).toEqual([]);
});

test("what was changed or deleted is not found by what it said", async () => {
  const { database, find, core } = await open();
  const id = write(database, "the first wording");
  expect(ids(await find("first"))).toEqual([id]);
  database.sqlite.prepare("UPDATE chat_messages SET content = 'another wording' WHERE id = ?").run(id);
  expect(await find("first")).toEqual([]);
  expect(ids(await find("another"))).toEqual([id]);
  database.sqlite.prepare("DELETE FROM chat_messages").run();
  // Not even before the index has heard of it.
  expect((await core.search.messages({ text: "another", limit: 5, scope: {} })).hits).toEqual([]);
  await core.searchIndex.flush();
  for (const table of ["message_text", "message_trigrams"]) {
    expect(database.sqlite.prepare(`SELECT count(*) AS n FROM ${table}_docsize`).get()).toEqual({ n: 0 });
  }
});

test("a chat that moves to another id takes its findings along", async () => {
  const { database, find } = await open();
  const id = write(database, "needle");
  await find("needle");
  database.sqlite.prepare("UPDATE chat_messages SET session_id = 'gw-b--100'").run();
  expect(ids(await find("needle", { scope: { botId: "b", chatId: "-100" } }))).toEqual([id]);
  expect(await find("needle", { scope: { botId: "b", chatId: "1" } })).toEqual([]);
});

test("memories are found by key and content for whom they are", async () => {
  const { database, recall } = await open();
  const shared = remember(database, "shared tea");
  const ofBot = remember(database, "bot tea", { botId: "b" });
  const ofChat = remember(database, "chat tea", { botId: "b", chatId: "1" });
  remember(database, "other tea", { botId: "b", chatId: "2" });
  remember(database, "stranger tea", { botId: "c" });
  const proposed = remember(database, "proposed tea", { state: "proposed" });
  remember(database, "expired tea", { expiresAt: 1 });
  const drink = remember(database, "drink tea", { category: "drinks", content: "喜欢喝绿茶" });
  const sorted = (hits: { id: number }[]) => ids(hits).sort((a, b) => a - b);
  expect(sorted(await recall("tea", { scope: { for: { botId: "b", chatId: "1" } } }))).toEqual([
    shared,
    ofBot,
    ofChat,
    drink,
  ]);
  expect(sorted(await recall("tea", { scope: { botId: "b", chatId: "1" } }))).toEqual([ofChat]);
  expect(sorted(await recall("tea", { states: ["proposed"] }))).toEqual([proposed]);
  expect(ids(await recall("tea", { category: "drinks" }))).toEqual([drink]);
  const [hit] = await recall("绿茶");
  expect(hit).toMatchObject({ id: drink, snippet: { text: "喜欢喝绿茶", marks: [[3, 5]] } });
  expect(ids(await recall("drnk"))).toEqual([drink]);
});

test("a new layout makes everything anew, newest first, and a restart goes on where it was", async () => {
  const database = openOwnDatabase();
  const { core, reboot } = await startCore({ database });
  for (let i = 0; i < 700; i++) write(database, `needle number${i}`);
  await core.searchIndex.flush();
  await core.stop(0);
  database.sqlite.prepare("UPDATE search_state SET value = 'earlier' WHERE name = 'layout'").run();
  const next = await reboot();
  expect(next.core.searchIndex.waiting()).toBe(700);
  next.core.searchIndex.flush().catch(() => undefined);
  await new Promise((resolve) => setImmediate(resolve));
  const waiting = next.core.searchIndex.waiting();
  expect(waiting).toBeLessThan(700);
  expect(waiting).toBeGreaterThan(0);
  const found = async (core: typeof next.core, text: string) =>
    (await core.search.messages({ text, limit: 5, scope: {} })).hits.length;
  expect(await found(next.core, "number699")).toBe(1);
  const last = await next.reboot();
  expect(last.core.searchIndex.waiting()).toBeLessThanOrEqual(waiting);
  await last.core.searchIndex.flush();
  expect(await found(last.core, "number0")).toBe(1);
  expect(last.core.searchIndex.waiting()).toBe(0);
});

test("a full disk holds the index up, and no more", async () => {
  const database = openOwnDatabase();
  const { core, clock } = await startCore({ database });
  const real = database.writeUnsynced;
  const full = Object.assign(new Error("database or disk is full"), { code: "SQLITE_FULL" });
  database.writeUnsynced = () => {
    throw full;
  };
  write(database, "needle");
  await clock.advance(1_000);
  await expect(core.searchIndex.flush()).rejects.toBe(full);
  expect((await core.search.messages({ text: "needle", limit: 5, scope: {} })).hits).toEqual([]);
  database.writeUnsynced = real;
  await clock.advance(5_000);
  await clock.advance(0);
  expect(core.searchIndex.waiting()).toBe(0);
});

test("what could not be indexed is indexed by itself when there is room again", async () => {
  const database = openOwnDatabase();
  const { core, clock } = await startCore({ database });
  const real = database.writeUnsynced;
  let tries = 0;
  database.writeUnsynced = () => {
    tries += 1;
    throw Object.assign(new Error("database or disk is full"), { code: "SQLITE_FULL" });
  };
  write(database, "needle");
  await clock.advance(1_000);
  expect(tries).toBe(1);
  database.writeUnsynced = real;
  await clock.advance(5_000);
  expect(core.searchIndex.waiting()).toBe(0);
});

test("what has left a chat, or is kept from it, is not found there by an index that is behind", async () => {
  const database = openOwnDatabase();
  const { core } = await startCore({ database });
  const { sqlite } = database;
  write(database, "needle", { sessionId: "gw-b-1" });
  write(database, "needle", { sessionId: "gw-b-2" });
  remember(database, "needle", { botId: "b", chatId: "1" });
  await core.searchIndex.flush();
  database.writeUnsynced = () => {
    throw Object.assign(new Error("database or disk is full"), { code: "SQLITE_FULL" });
  };
  sqlite.prepare("UPDATE chat_messages SET session_id = 'gw-b-2' WHERE session_id = 'gw-b-1'").run();
  sqlite.prepare("UPDATE memories SET chat_id = '2'").run();
  const search = { text: "needle", limit: 5 };
  const inChat = async (chatId: string) =>
    (await core.search.messages({ ...search, scope: { botId: "b", chatId } })).hits.length;
  expect([await inChat("1"), await inChat("2")]).toEqual([0, 1]);
  const known = await core.search.memories({ ...search, scope: { for: { botId: "b", chatId: "1" } } });
  expect(known.hits).toEqual([]);
});
