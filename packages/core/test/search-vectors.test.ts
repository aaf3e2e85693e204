import { createFakeClock } from "@steward/platform/clock";
import { createMemoryLogger } from "@steward/platform/logger";
import { quantize, signBits } from "@steward/schema/quantize";
import { scopeNumbersOf } from "@steward/schema/search-scopes";
import { createBitTable, createSearchTables, loadVectors } from "@steward/schema/search-tables";
import type { OpenDatabase } from "@steward/schema/sqlite";
import { openTestDatabase } from "@steward/schema/test-database";
import { createTextIndex } from "@steward/schema/text-index";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createEmbedQuestion } from "../src/search/embed-question.ts";
import { type Embedder, EmbedderError } from "../src/search/embedder.ts";
import { createVectorWriter, toStored } from "../src/search/embedding/vector-writer.ts";
import { createSearchEngine } from "../src/search/search-engine.ts";
import type { QueryVector } from "../src/search/search-request.ts";
import type { MessageHit, MessageSearch } from "../src/search/search-service.ts";
import { openOwnDatabase } from "./own-database.ts";
import { scatterVectors } from "./scatter-vectors.ts";

const DIMS = 16;
const MODEL = 1;

/** Messages with vectors, as the indexer and whoever embeds write them. */
const open = (options: { database?: OpenDatabase; dims?: number } = {}) => {
  const { database = openOwnDatabase(), dims = DIMS } = options;
  const { sqlite } = database;
  loadVectors(sqlite);
  createSearchTables(sqlite);
  sqlite
    .prepare(
      "INSERT OR IGNORE INTO embedding_models (id, name, dims, state, created_at) VALUES (?, 'm', ?, 'ready', 1)",
    )
    .run(MODEL, dims);
  createBitTable(sqlite, MODEL, dims);
  const text = createTextIndex(sqlite);
  const writer = createVectorWriter({ sqlite });
  const engine = createSearchEngine({ sqlite, hasVectors: true, monotonicMs: () => 0 });
  return {
    sqlite,
    say: (
      row: {
        botId: string;
        sessionId: string;
        content: string;
        role?: "user" | "assistant";
        source?: string;
        at?: number;
      },
      vectors: Float32Array[],
    ) => {
      const { botId, sessionId, content, role = "user", source = "cli", at = 1_000 } = row;
      const id = Number(
        sqlite
          .prepare(
            "INSERT INTO chat_messages (session_id, bot_id, role, content, source, created_at) VALUES (?, ?, ?, ?, ?, ?)",
          )
          .run(sessionId, botId, role, content, source, at).lastInsertRowid,
      );
      const { bot, chat } = scopeNumbersOf(sqlite, botId, sessionId);
      text.put("message", id, content, `b${bot} c${chat}`);
      const message = { botId, sessionId, role, createdAt: at };
      writer.replace(MODEL, "message", id, { text: content, message }, vectors.map(toStored));
      return id;
    },
    find: (search: Partial<MessageSearch>, vector: Float32Array | null) => {
      const { hits, ...answer } = engine({
        kind: "messages",
        search: { text: "query", limit: 100, scope: {}, ...search },
        vector: vector && question(vector),
        budgetMs: 1_000,
      });
      return { ...answer, hits: hits as MessageHit[] };
    },
  };
};
const question = (vector: Float32Array): QueryVector => ({
  model: "m",
  dims: vector.length,
  int8: quantize(vector),
  bits: signBits(vector),
});
const near = (angle: number): Float32Array =>
  Float32Array.from({ length: DIMS }, (_, i) =>
    i === 0 ? Math.cos(angle) : i === 1 ? Math.sin(angle) : 0.01,
  );

/** Ids of the ten nearest of all. */
const nearestOf = (sqlite: OpenDatabase["sqlite"], asked: Float32Array): number[] => {
  const rows = sqlite
    .prepare(
      "SELECT message_id AS id FROM message_vectors ORDER BY vec_distance_cosine(vec_int8(e), vec_int8(?)) LIMIT 10",
    )
    .all(Buffer.from(quantize(asked).buffer)) as { id: number }[];
  return rows.map(({ id }) => id);
};

/** Tommy Ettinger's small generator: the same numbers in every run. */
const mulberry32 = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
};

test("what is near in meaning is found without a word in common, by its best piece, and says how near", () => {
  const { say, find } = open();
  const far = say({ botId: "b", sessionId: "gw-b-1", content: "one thing" }, [near(2), near(1.5)]);
  const close = say({ botId: "b", sessionId: "gw-b-1", content: "another" }, [near(3), near(0.1), near(2)]);
  const { hits, mode, degraded } = find({}, near(0));
  expect(hits.map(({ id, mode }) => [id, mode])).toEqual([
    [close, "semantic"],
    [far, "semantic"],
  ]);
  expect(hits[0]?.distance).toBeCloseTo(1 - Math.cos(0.1), 2);
  expect([mode, degraded]).toEqual(["semantic", []]);
});

test("what is gone since it was indexed leaves its place to what comes behind it", () => {
  const { say, find, sqlite } = open();
  const row = { botId: "b", sessionId: "gw-b-1", content: "query" };
  const ids = Array.from({ length: 40 }, (_, i) => say(row, [near(i / 20)]));
  sqlite.prepare("DELETE FROM chat_messages WHERE id <= ? OR id > ?").run(ids[9], ids[29]);
  expect(
    find({ limit: 20 }, near(0))
      .hits.map(({ id }) => id)
      .sort((a, b) => a - b),
  ).toEqual(ids.slice(10, 30));
});

test("a text of very many pieces hides no other", () => {
  const { say, find } = open();
  const row = { botId: "b", sessionId: "gw-b-1", content: "x" };
  const far = say(row, [near(2)]);
  const long = say(
    row,
    Array.from({ length: 300 }, () => near(0.1)),
  );
  expect(find({ limit: 10 }, near(0)).hits.map(({ id }) => id)).toEqual([long, far]);
});

test("a question of a model without vectors is answered by words, and says that vectors are to come", () => {
  const { say, find, sqlite } = open();
  say({ botId: "b", sessionId: "s", content: "the query itself" }, [near(0)]);
  expect(find({}, new Float32Array(8).fill(1))).toMatchObject({
    mode: "lexical",
    degraded: ["embedding_pending"],
    hits: [{ distance: null }],
  });
  sqlite.prepare("INSERT INTO embedding_queue (model, kind, ref) VALUES (?, 'message', 99)").run(MODEL);
  expect(find({}, near(0))).toMatchObject({ mode: "semantic", degraded: ["embedding_pending"] });
});

test("what took too long leaves the vectors out", () => {
  const { sqlite } = open();
  let nowMs = 0;
  const engine = createSearchEngine({ sqlite, hasVectors: true, monotonicMs: () => (nowMs += 600) });
  sqlite.exec("INSERT INTO search_bots (bot_id) VALUES ('b')");
  const search = { text: "query", limit: 10, scope: {} };
  expect(engine({ kind: "messages", search, vector: question(near(0)), budgetMs: 500 })).toMatchObject({
    mode: "lexical",
    degraded: ["timed_out"],
  });
});

test.each([
  ["role", { role: "assistant" }],
  ["source", { source: "cron" }],
  ["time", { from: 9_000, to: 9_001 }],
] as const)("where all vectors are compared, a filter by %s loses nothing either", (_, filter) => {
  const { say, find } = open();
  const row = { botId: "b", sessionId: "gw-b-1", content: "x" };
  for (let i = 0; i < 200; i++) say(row, [near(0)]);
  const wanted = say({ ...row, role: "assistant", source: "cron", at: 9_000 }, [near(3)]);
  expect(find({ ...filter, limit: 10 }, near(0)).hits.map(({ id }) => id)).toEqual([wanted]);
});

describe("behind more vectors than are all compared", () => {
  const { say, find, sqlite } = open({ database: openTestDatabase() });
  sqlite.exec("BEGIN");
  const other = { botId: "big", sessionId: "gw-big-1", content: "x" };
  /** Nearly all of it in one topic. */
  const topicOf = (i: number): string => `gw-big-9.t${i % 100 === 0 ? 1 : 0}`;
  for (let i = 0; i < 16_100; i++) say({ ...other, sessionId: topicOf(i) }, [near((i % 100) / 1_000)]);
  const row = { ...other, content: "wanted", sessionId: "gw-big-0" };
  const byRole = say({ ...row, role: "assistant" }, [near(3)]);
  const bySource = say({ ...row, source: "cron" }, [near(3)]);
  const byTime = say({ ...row, at: 9_000 }, [near(3)]);
  const inTopic = say({ ...row, sessionId: "gw-big-0.t5" }, [near(3)]);
  const scattered = say({ ...row, role: "assistant", at: 20_000 }, [near(3)]);
  scatterVectors({ sqlite }, { id: MODEL, dims: DIMS }, `message_id = ${scattered}`);
  const byBot = say({ ...row, botId: "small", sessionId: "gw-small-1" }, [near(3)]);
  sqlite.exec("COMMIT");

  test.each([
    ["role", { role: "assistant", to: 20_000 }, byRole],
    ["source", { source: "cron" }, bySource],
    ["time", { from: 9_000, to: 9_001 }, byTime],
    ["role within a bot", { role: "assistant", to: 20_000, scope: { botId: "big" } }, byRole],
    ["time, of what has not been gathered yet", { from: 20_000 }, scattered],
    ["the same within a bot", { from: 20_000, scope: { botId: "big" } }, scattered],
    ["bot", { scope: { botId: "small" } }, byBot],
    ["topic", { scope: { botId: "big", chatId: "0", threadId: "5" } }, inTopic],
  ] as const)("a filter by %s loses nothing", (_, search, id) => {
    expect(find(search, near(0)).hits.map((hit) => hit.id)).toEqual([id]);
  });

  test("a bot, a very large chat, and one of its topics are narrowed within the search", () => {
    sqlite.exec("BEGIN");
    for (let i = 0; i < 10_300; i++) say({ ...row, sessionId: topicOf(i), content: "x" }, [near(1)]);
    // More than a first cut takes, and nearer than all that is looked for: they must not take its places.
    for (let i = 0; i < 500; i++)
      say({ ...row, botId: "near", sessionId: "gw-near-1", content: "x" }, [near(2)]);
    sqlite.exec("COMMIT");
    const found = (scope: MessageSearch["scope"]) => find({ scope, limit: 50 }, near(2)).hits;
    expect(new Set(found({}).map(({ botId }) => botId))).toEqual(new Set(["near"]));
    for (const [scope, within] of [
      [{ botId: "big" }, "gw-big-"],
      [{ botId: "big", chatId: "9" }, "gw-big-9.t"],
      [{ botId: "big", chatId: "9", threadId: "0" }, "gw-big-9.t0"],
    ] as const) {
      const hits = found(scope);
      expect(hits, within).toHaveLength(50);
      for (const { sessionId, distance } of hits)
        expect([sessionId.startsWith(within), distance], within).toEqual([true, expect.any(Number)]);
    }
  }, 60_000);
});

test("of ten thousand texts the nearest are found where signs could not tell them apart", () => {
  const dims = 64;
  const { say, find, sqlite } = open({ dims });
  const random = mulberry32(11);
  const anywhere = () => Float32Array.from({ length: dims }, () => random() - 0.5);
  sqlite.exec("BEGIN");
  for (let i = 0; i < 10_000; i++)
    say({ botId: "b", sessionId: `gw-b-${i % 7}`, content: "x" }, [anywhere()]);
  sqlite.exec("COMMIT");
  for (let round = 0; round < 5; round++) {
    const asked = anywhere();
    expect(find({ limit: 10 }, asked).hits.map(({ id }) => id)).toEqual(nearestOf(sqlite, asked));
  }
}, 60_000);

test("a first cut by signs finds at least nine in ten of what comparing everything finds", () => {
  const dims = 256;
  const { say, find, sqlite } = open({ dims });
  const random = mulberry32(7);
  const gaussian = () => Math.sqrt(-2 * Math.log(random() || 1e-9)) * Math.cos(2 * Math.PI * random());
  const around = (center: Float32Array, spread: number) => center.map((x) => x + spread * gaussian());
  const centers = Array.from({ length: 200 }, () => around(new Float32Array(dims), 1));
  const anyCenter = () => centers[Math.floor(random() * centers.length)] ?? new Float32Array(dims);
  sqlite.exec("BEGIN");
  for (let i = 0; i < 16_500; i++)
    say({ botId: "b", sessionId: "gw-b-1", content: "x" }, [around(anyCenter(), 0.7)]);
  sqlite.exec("COMMIT");
  let common = 0;
  for (let round = 0; round < 20; round++) {
    const asked = around(anyCenter(), 0.7);
    const exact = nearestOf(sqlite, asked);
    const found = new Set(find({ limit: 10 }, asked).hits.map(({ id }) => id));
    common += exact.filter((id) => found.has(id)).length;
  }
  expect(common / 200).toBeGreaterThanOrEqual(0.9);
}, 60_000);

test("no search of a chat ever answers with a row of another, with vectors and without", () => {
  const bot = fc.constantFrom("a", "a_b");
  const chat = fc.constantFrom("1", "12", "1-2");
  const thread = fc.constantFrom("", "", "1", "12");
  const words = fc.array(fc.constantFrom("tea", "teas", "tee", "数据", "据库", "数", "c1", "b1", "the"), {
    minLength: 1,
    maxLength: 4,
  });
  const address = fc.record({ botId: bot, chatId: chat, threadId: thread });
  const angle = fc.double({ min: 0, max: 3, noNaN: true });
  const message = fc.record({ address, words, angle, free: fc.boolean() });
  let found = 0;
  fc.assert(
    fc.property(
      fc.array(message, { minLength: 20, maxLength: 60 }),
      fc.array(fc.record({ address, words, angle, whole: fc.boolean(), vectors: fc.boolean() }), {
        minLength: 5,
        maxLength: 15,
      }),
      (messages, queries) => {
        const database = openOwnDatabase();
        const { say, find } = open({ database });
        for (const { address: of, words: said, angle: at, free } of messages) {
          const sessionId = free
            ? `free ${of.chatId}`
            : `gw-${of.botId}-${of.chatId}${of.threadId && `.t${of.threadId}`}`;
          say({ botId: of.botId, sessionId, content: said.join(" ") }, [near(at)]);
        }
        for (const { address: of, words: wanted, angle: at, whole, vectors } of queries) {
          const scope = whole ? { botId: of.botId, chatId: of.chatId } : of;
          const base = `gw-${of.botId}-${of.chatId}`;
          const allowed = (id: string) =>
            whole
              ? id === base || id.startsWith(`${base}.t`)
              : id === (of.threadId ? `${base}.t${of.threadId}` : base);
          const { hits } = find({ text: wanted.join(" "), scope }, vectors ? near(at) : null);
          found += hits.length;
          for (const hit of hits) expect([hit.botId, allowed(hit.sessionId)]).toEqual([of.botId, true]);
        }
        database.close();
      },
    ),
    { numRuns: 40 },
  );
  expect(found).toBeGreaterThan(100);
}, 60_000);

describe("the vector of a question", () => {
  const start = (embed: Embedder["embed"]) => {
    const clock = createFakeClock();
    const { log } = createMemoryLogger();
    const embedder: Embedder = { model: "m", dims: null, embed };
    return { clock, ask: createEmbedQuestion({ embedder: () => embedder, clock, log }) };
  };

  test("comes as it is stored, and is asked for as a question", async () => {
    const tasks: string[] = [];
    const { ask } = start(async (_, task) => {
      tasks.push(task);
      return [Float32Array.of(0.5, -0.5)];
    });
    const { vector, degraded } = await ask("x", undefined);
    expect(vector).toMatchObject({ model: "m", dims: 2, int8: Int8Array.of(127, -127) });
    expect([degraded, tasks]).toEqual([[], ["query"]]);
  });

  test("is left out when it does not come in time; others are not kept waiting for a while", async () => {
    let asked = 0;
    const { ask, clock } = start(() => {
      asked += 1;
      return new Promise(() => undefined);
    });
    const slow = ask("x", 100);
    await clock.advance(100);
    expect(await slow).toEqual({ vector: null, degraded: ["embedder_unavailable"] });
    expect(await ask("x", 100)).toEqual({ vector: null, degraded: ["embedder_unavailable"] });
    expect(asked).toBe(1);
    await clock.advance(5_000);
    const again = ask("x", 100);
    await clock.advance(100);
    await again;
    expect(asked).toBe(2);
  });

  test.each([
    ["fails", () => Promise.reject(new EmbedderError("refused", "no such model"))],
    ["answers with no number", async () => [Float32Array.of(Number.NaN)]],
    ["answers with nothing", async () => []],
    ["answers with zeros", async () => [new Float32Array(4)]],
  ] as const)("is left out when the embedder %s", async (_, embed) => {
    const { ask } = start(embed);
    expect(await ask("x", undefined)).toEqual({ vector: null, degraded: ["embedder_unavailable"] });
  });
});
