import { describe, expect, test } from "vitest";
import { EmbedderError } from "../src/search/embedder.ts";
import { startEmbedding } from "./embedding-rig.ts";
import { createFakeEmbedder, unavailable } from "./fake-embedder.ts";

const start = async (...models: string[]) => {
  const embedders = (models.length > 0 ? models : ["one"]).map((model) => createFakeEmbedder(model));
  const [embedder] = embedders;
  if (embedder === undefined) throw new Error("no embedder");
  return { embedder, embedders, rig: await startEmbedding(embedders) };
};

describe("what is said and remembered gets its vectors", () => {
  test("what was there before, and what comes, messages as well as memories", async () => {
    const { rig, embedder } = await start();
    const texts = Array.from({ length: 300 }, (_, i) => `message number ${i}`);
    for (const text of texts) rig.say(text);
    rig.remember("birthday", "the 14th of May");
    await rig.settle();
    expect(rig.differences()).toEqual([]);
    expect(rig.pipeline.status()).toMatchObject({
      embedder: "one",
      active: { model: "one", dims: 16, done: 301, total: 301, problem: null, failing: { count: 0 } },
      coming: null,
    });
    rig.say("and one more");
    await rig.settle();
    expect(rig.differences()).toEqual([]);
    expect(embedder.requests.every((input) => input.length <= 32)).toBe(true);
    // Each once, but for the word that tells the length of the vectors.
    expect(embedder.requests.flat().length).toBe(302 + 1);
    expect(embedder.requests.flat()).toContain("birthday\nthe 14th of May");
  });

  test("the newest first, and memories before all", async () => {
    const { rig, embedder } = await start();
    for (let i = 0; i < 100; i += 1) rig.say(`message ${i}`);
    rig.remember("k", "v");
    await rig.settle();
    const order = embedder.requests.flat().slice(1);
    expect([order[0], order[1], order.at(-1)]).toEqual(["k\nv", "message 99", "message 0"]);
  });

  test("an edit replaces them, a deletion takes them away, a move takes them along", async () => {
    const { rig } = await start();
    const id = rig.say("before");
    const gone = rig.say("gone");
    const moved = rig.say("moved");
    const memory = rig.remember("k", "before");
    await rig.settle();
    rig.run("UPDATE chat_messages SET content = 'after' WHERE id = ?", id);
    rig.run("UPDATE memories SET content = 'after' WHERE id = ?", memory);
    rig.run("DELETE FROM chat_messages WHERE id = ?", gone);
    rig.run("UPDATE chat_messages SET session_id = 'gw-b-2' WHERE id = ?", moved);
    await rig.settle();
    expect(rig.differences()).toEqual([]);
  });

  test("long texts by pieces; what has nothing to be embedded counts as done", async () => {
    const { rig } = await start();
    rig.say("A sentence of some length, and then another. ".repeat(200));
    rig.say("  \n ");
    await rig.settle();
    expect(rig.differences()).toEqual([]);
    expect(rig.all("SELECT 1 FROM message_vectors").length).toBeGreaterThan(5);
    expect(rig.pipeline.status().active).toMatchObject({ done: 2, total: 2 });
  });

  test("an answer about a text that has changed, or is gone, is not written", async () => {
    const { rig, embedder } = await start();
    await rig.settle();
    const changed = rig.say("old words");
    const gone = rig.say("soon gone");
    embedder.before = () => {
      embedder.before = () => undefined;
      rig.run("UPDATE chat_messages SET content = 'new words' WHERE id = ?", changed);
      rig.run("DELETE FROM chat_messages WHERE id = ?", gone);
    };
    // The indexer has not come to it yet.
    rig.database.write(() => {
      rig.pipeline.toEmbed("message", changed);
      rig.pipeline.toEmbed("message", gone);
    });
    await rig.clock.advance(10);
    for (let i = 0; i < 5; i += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(rig.all("SELECT 1 FROM message_vectors")).toEqual([]);
    await rig.settle();
    expect(rig.differences()).toEqual([]);
  });
});

describe("a restart", () => {
  test("goes on where it was, without embedding anything twice", async () => {
    const { rig, embedder } = await start();
    for (let i = 0; i < 400; i += 1) rig.say(`message ${i}`);
    embedder.before = () => {
      if (embedder.requests.length >= 5) unavailable();
    };
    await rig.settle(1_000);
    const { active } = rig.pipeline.status();
    expect(active?.done).toBeGreaterThan(50);
    expect(active?.done).toBeLessThan(400);
    expect(active?.problem).toMatchObject({ code: "unavailable" });
    embedder.before = () => undefined;
    const done = new Set(
      rig
        .all<{ content: string }>(
          "SELECT content FROM chat_messages WHERE id IN (SELECT message_id FROM message_vectors)",
        )
        .map(({ content }) => content),
    );
    expect(done.size).toBe(active?.done);
    const asked = embedder.requests.length;
    const again = await rig.reboot();
    await again.settle();
    expect(again.differences()).toEqual([]);
    const later = embedder.requests.slice(asked).flat();
    expect(later.filter((text) => done.has(text))).toEqual([]);
    expect(new Set(later).size).toBe(later.length);
  });
});

describe("row 44: what goes wrong with the embedder", () => {
  const refused = (): never => {
    throw new EmbedderError("refused", "HTTP 500: injected");
  };

  test("row 44: away in the middle: rows wait, and all have their vectors afterwards", async () => {
    const { rig, embedder } = await start();
    await rig.settle();
    embedder.before = unavailable;
    for (let i = 0; i < 80; i += 1) rig.say(`message ${i}`);
    await rig.settle(3_600_000);
    const asked = embedder.requests.length;
    // Growing pauses: an hour is some twenty tries, not thousands.
    expect(asked).toBeGreaterThan(5);
    expect(asked).toBeLessThan(40);
    expect(rig.pipeline.status().active).toMatchObject({
      ...{ done: 0, total: 80, problem: { code: "unavailable", message: "nobody there" } },
    });
    embedder.before = () => undefined;
    await rig.settle();
    expect(rig.differences()).toEqual([]);
    expect(rig.pipeline.status().active?.problem).toBeNull();
  });

  test("row 44: a text that it cannot take stops no other; it is shown, and tried again", async () => {
    const { rig, embedder } = await start();
    for (let i = 0; i < 70; i += 1) rig.say(i % 10 === 3 ? `poison ${i}` : `message ${i}`);
    embedder.before = (texts) => {
      if (texts.some((text) => text.includes("poison"))) refused();
    };
    await rig.settle(60_000);
    expect(rig.pipeline.status().active).toMatchObject({
      ...{ done: 63, total: 70, problem: null, failing: { count: 7 } },
    });
    expect(rig.pipeline.status().active?.failing.first[0]).toMatchObject({
      ...{ kind: "message", ref: 64, problem: "HTTP 500: injected" },
    });
    embedder.before = () => undefined;
    await rig.settle();
    expect(rig.differences()).toEqual([]);
  });

  test("row 44: it refuses everything: no text is blamed for it", async () => {
    const { rig, embedder } = await start();
    await rig.settle();
    embedder.before = refused;
    for (let i = 0; i < 40; i += 1) rig.say(`message ${i}`);
    await rig.settle(600_000);
    expect(rig.pipeline.status().active).toMatchObject({
      problem: { code: "refused" },
      failing: { count: 0 },
    });
    embedder.before = () => undefined;
    await rig.settle();
    expect(rig.differences()).toEqual([]);
  });

  test("row 44: too long for the model: cut into smaller pieces", async () => {
    const { rig, embedder } = await start();
    embedder.before = (texts) => {
      if (texts.some((text) => text.length > 400)) throw new EmbedderError("too_long", "the context length");
    };
    const words = Array.from({ length: 300 }, (_, i) => `word${i}`).join(" ");
    rig.say(words);
    rig.say("short");
    await rig.settle(60_000);
    expect(rig.all("SELECT 1 FROM embedding_queue")).toEqual([]);
    expect(rig.all("SELECT 1 FROM message_vectors WHERE message_id = 1").length).toBeGreaterThan(5);
    expect(rig.all("SELECT 1 FROM message_vectors WHERE message_id = 2").length).toBe(1);
  });

  test("row 44: another length in the middle: told, nothing mixed; embedding anew mends it", async () => {
    const { rig, embedder } = await start();
    rig.say("of sixteen numbers");
    await rig.settle();
    embedder.dims = 24;
    rig.say("of twenty-four");
    await rig.settle(3_600_000);
    expect(rig.pipeline.status().active).toMatchObject({
      ...{ dims: 16, done: 1, total: 2, problem: { code: "wrong_dimension" } },
    });
    expect(rig.all("SELECT length(e) AS n FROM message_vectors")).toEqual([{ n: 16 }]);
    await expect(rig.pipeline.embedder()?.embed(["a question"], "query")).rejects.toMatchObject({
      problem: "bad_answer",
    });
    rig.pipeline.reindex();
    await rig.settle();
    expect(rig.differences()).toEqual([]);
    expect(rig.pipeline.status()).toMatchObject({ active: { dims: 24, done: 2 }, coming: null });
  });

  test("row 44: its first answer comes late: nothing is lost, and there is no model until then", async () => {
    const embedder = createFakeEmbedder("one");
    embedder.before = unavailable;
    const rig = await startEmbedding([embedder]);
    rig.say("hello");
    await rig.settle(60_000);
    expect(rig.pipeline.status()).toMatchObject({ active: null, problem: { code: "unavailable" } });
    expect(rig.pipeline.embedder()).toBeNull();
    embedder.before = () => undefined;
    await rig.settle();
    expect(rig.differences()).toEqual([]);
  });
});

describe("another model", () => {
  test("whose length changes before it is complete begins again by itself", async () => {
    const { rig, embedder: old } = await start();
    for (let i = 0; i < 100; i += 1) rig.say(`message ${i}`);
    await rig.settle();
    const next = createFakeEmbedder("two", 32);
    next.before = () => {
      if (next.requests.length === 3) next.dims = 24;
    };
    const second = await rig.reboot(next, old);
    await second.settle();
    expect(second.pipeline.embedder()).toMatchObject({ dims: 24 });
    expect(second.differences()).toEqual([]);
  });

  test("fills vectors of its own while searches go by the old ones, then takes over", async () => {
    const { rig, embedder: old } = await start();
    for (let i = 0; i < 200; i += 1) rig.say(`message ${i}`);
    await rig.settle();
    const next = createFakeEmbedder("two", 32);
    let asks = 0;
    next.before = () => {
      asks += 1;
      if (asks > 3) unavailable();
    };
    const second = await rig.reboot(next, old);
    second.say("said meanwhile");
    await second.settle(3_600_000);
    expect(second.pipeline.embedder()).toMatchObject({ model: "one", dims: 16 });
    expect(second.pipeline.status()).toMatchObject({
      active: { model: "one", done: 201, total: 201 },
      coming: { model: "two", dims: 32, total: 201, problem: { code: "unavailable" } },
    });
    // In the middle the service is started anew.
    next.before = () => undefined;
    const third = await second.reboot(next, old);
    await third.settle();
    expect(third.pipeline.embedder()).toMatchObject({ model: "two", dims: 32 });
    expect(third.differences()).toEqual([]);
    expect(third.pipeline.status()).toMatchObject({ active: { model: "two", done: 201 }, coming: null });
  });

  test("takes over at once when the old one cannot be asked any more", async () => {
    const { rig } = await start();
    for (let i = 0; i < 100; i += 1) rig.say(`message ${i}`);
    await rig.settle();
    const next = createFakeEmbedder("two");
    const second = await rig.reboot(next);
    await second.clock.advance(10);
    for (let i = 0; i < 20; i += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(second.pipeline.embedder()).toMatchObject({ model: "two" });
    await second.settle();
    expect(second.differences()).toEqual([]);
  });

  test("called back in the middle: the old one stays, nothing of the other is left", async () => {
    const { rig, embedder: old } = await start();
    for (let i = 0; i < 100; i += 1) rig.say(`message ${i}`);
    await rig.settle();
    const next = createFakeEmbedder("two", 32);
    next.before = () => {
      if (next.requests.length > 2) unavailable();
    };
    const second = await rig.reboot(next, old);
    await second.settle(60_000);
    const asked = old.requests.length;
    const third = await second.reboot(old);
    await third.settle();
    expect(third.differences()).toEqual([]);
    expect(old.requests.length).toBe(asked);
  });

  test("everything anew with the same model: searches have vectors all the while", async () => {
    const { rig } = await start();
    for (let i = 0; i < 100; i += 1) rig.say(`message ${i}`);
    await rig.settle();
    rig.pipeline.reindex();
    expect(rig.pipeline.embedder()).toMatchObject({ model: "one" });
    await rig.settle();
    expect(rig.pipeline.embedder()).toMatchObject({ model: "one~2" });
    expect(rig.differences()).toEqual([]);
    const again = await rig.reboot();
    await again.settle();
    expect(again.differences()).toEqual([]);
  });
});

test("without an embedder nothing waits, and there is nothing to embed anew with", async () => {
  const rig = await startEmbedding([]);
  rig.say("hello");
  await rig.settle(60_000);
  expect(rig.all("SELECT 1 FROM embedding_queue")).toEqual([]);
  expect(rig.pipeline.status()).toMatchObject({ choice: "off", embedder: null, active: null });
  expect(() => rig.pipeline.reindex()).toThrow(/no embedding model/);
});
