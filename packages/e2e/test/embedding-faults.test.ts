import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { addChatMessage } from "@steward/contract/chat-history";
import { getSearchStatus, reindexSearch, type SearchStatus } from "@steward/contract/search-status";
import { type EmbeddingFault, type FakeEmbeddings, startFakeEmbeddings } from "@steward/testkit/embeddings";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Rig, startRig } from "../src/rig.ts";

let server: FakeEmbeddings;
let rig: Rig;
let said = 0;

beforeAll(async () => {
  server = await startFakeEmbeddings({ dims: 64 });
  // The model has to be loaded first, and nobody waits for that.
  server.unload(1_500);
  rig = await startRig({ cli: null, apiEnv: { STEWARD_EMBEDDER: "auto", OLLAMA_BASE_URL: server.url } });
});
afterAll(async () => {
  await rig?.close();
  await server?.close();
});

const say = async (...texts: string[]): Promise<void> => {
  for (const content of texts) {
    await rig
      .client()
      .call(addChatMessage, { body: { session_id: "gw-b-1", role: "user", content, bot_id: "b" } });
    said += 1;
  }
};
const status = (): Promise<SearchStatus> => rig.client().call(getSearchStatus);
const until = (condition: (now: SearchStatus) => boolean, timeout = 45_000): Promise<void> =>
  expect.poll(async () => condition(await status()), { timeout, interval: 100 }).toBe(true);
const allDone = ({ active, coming }: SearchStatus): boolean =>
  coming === null && active !== null && active.total === said && active.done === said;

/** By the tables themselves, not by what the service says of them. */
const rowsWithout = (): { without: number; lengths: number[] } => {
  const database = new DatabaseSync(join(rig.home, "steward.db"), { readOnly: true });
  try {
    const [row] = database
      .prepare(
        `SELECT count(*) AS n FROM chat_messages m WHERE NOT EXISTS
         (SELECT 1 FROM message_vectors v JOIN embedding_models e ON e.id = v.model
          WHERE v.message_id = m.id AND e.state = 'active')`,
      )
      .all() as { n: number }[];
    const lengths = database.prepare("SELECT DISTINCT length(e) AS n FROM message_vectors").all() as {
      n: number;
    }[];
    return { without: row?.n ?? -1, lengths: lengths.map(({ n }) => n) };
  } finally {
    database.close();
  }
};

describe("row 44: an Ollama that misbehaves", () => {
  test("row 44: still loads its model: messages are taken at once, the loading is not cut off", async () => {
    await say("the first message", "the second message");
    await until(allDone);
    expect([rowsWithout(), server.abandoned()]).toEqual([{ without: 0, lengths: [64] }, 0]);
    expect((await status()).active).toMatchObject({
      model: "ollama/nomic-embed-text",
      dims: 64,
      problem: null,
    });
  });

  test.each<[string, EmbeddingFault]>([
    ["fails", 500],
    ["is too busy", 503],
    ["answers NaN", "nan"],
    ["answers null", "null"],
    ["answers empty vectors", "empty"],
    ["answers too few", "too_few"],
    ["answers too many", "too_many"],
    ["answers without a direction", "zero"],
    ["answers half", "cut"],
    ["answers no JSON", "no_json"],
  ])("row 44: %s in the middle: afterwards no row is without its vector", async (name, fault) => {
    const before = server.requests.length;
    server.fail(fault, 2);
    await say(`${name}, one`, `${name}, two`, `${name}, three`);
    await until(allDone);
    expect(server.requests.length).toBeGreaterThanOrEqual(before + 3);
    expect(rowsWithout()).toEqual({ without: 0, lengths: [64] });
  });

  test("row 44: is down: messages are taken and wait; when it is back they have their vectors", async () => {
    await server.goDown();
    await say("said while it was down", "and this");
    await until(({ active }) => active?.problem?.code === "unavailable");
    expect((await status()).active).toMatchObject({ done: said - 2, total: said });
    await server.comeBack();
    await until(allDone);
    expect(rowsWithout()).toEqual({ without: 0, lengths: [64] });
  });

  test("row 44: is slow: nobody waits for it", async () => {
    server.setDelay(2_000);
    const startedMs = performance.now();
    await say("slow one", "slow two", "slow three");
    expect(performance.now() - startedMs).toBeLessThan(2_000);
    await until(allDone);
    server.setDelay(0);
    expect(rowsWithout()).toEqual({ without: 0, lengths: [64] });
  });

  test("row 44: cannot take one text: the others have theirs, and that one is named", async () => {
    server.failFor("poison", 500);
    await say("before the bad one", "poison", "behind the bad one");
    await until(({ active }) => active?.failing.count === 1);
    const { active } = await status();
    expect(active).toMatchObject({ done: said - 1, problem: null });
    expect(active?.failing.first[0]).toMatchObject({ kind: "message", problem: "HTTP 500: injected" });
    server.heal();
    await until(allDone);
    expect(rowsWithout()).toEqual({ without: 0, lengths: [64] });
  });

  test("row 44: takes less than our pieces are long: they are cut smaller", async () => {
    server.setContextChars(300);
    await say("a long story without an end. ".repeat(100));
    await until(allDone);
    server.setContextChars(8_192);
    expect(rowsWithout()).toEqual({ without: 0, lengths: [64] });
  });

  test("row 44: makes vectors of another length: told, nothing mixed; reindex mends it", async () => {
    server.setDims(96);
    await say("of another length");
    await until(({ active }) => active?.problem?.code === "wrong_dimension");
    expect(rowsWithout()).toEqual({ without: 1, lengths: [64] });
    await rig.client().call(reindexSearch);
    await until(allDone);
    expect(rowsWithout()).toEqual({ without: 0, lengths: [96] });
  });

  test("row 44: another model is chosen, and the service killed in the middle: it takes over all the same", async () => {
    server.addModel("bge-m3");
    await say(...Array.from({ length: 60 }, (_, i) => `message number ${i}`));
    await until(allDone);
    // Long enough for the middle to be seen.
    server.setDelay(3_000);
    await rig.api.end("SIGKILL");
    await rig.startApi({ OLLAMA_EMBED_MODEL: "bge-m3" });
    await until(({ coming }) => coming !== null && coming.done > 0 && coming.done < said);
    // Searches go by the old one until then.
    expect((await status()).active).toMatchObject({ model: "ollama/nomic-embed-text", done: said });
    await rig.api.end("SIGKILL");
    server.setDelay(0);
    await rig.startApi({ OLLAMA_EMBED_MODEL: "bge-m3" });
    await until((now) => allDone(now) && now.active?.model === "ollama/bge-m3");
    expect(rowsWithout()).toEqual({ without: 0, lengths: [96] });
    expect(server.violations).toEqual([]);
  });
});
