import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SearchRequest } from "@steward/core/search/search-request";
import { createFakeClock, createSystemClock } from "@steward/platform/clock";
import { createMemoryLogger } from "@steward/platform/logger";
import { createSearchTables } from "@steward/schema/search-tables";
import { openDatabase } from "@steward/schema/sqlite";
import { createTextIndex } from "@steward/schema/text-index";
import { expect, onTestFinished, test } from "vitest";
import { createWorkerSearchRunner } from "./worker-search-runner.ts";

const FAULTY = new URL("../../test/fixtures/faulty-search-worker.mjs", import.meta.url);

const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), "steward-search-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
};
const request = (text: string): SearchRequest => ({
  kind: "messages",
  search: { text, limit: 10, scope: {} },
  vector: null,
  budgetMs: 1_000,
});
const start = (options: Partial<Parameters<typeof createWorkerSearchRunner>[0]> = {}) => {
  const { log, lines } = createMemoryLogger();
  const database = join(folder(), "steward.db");
  const runner = createWorkerSearchRunner({
    database,
    clock: createSystemClock(),
    log,
    worker: FAULTY,
    ...options,
  });
  onTestFinished(() => runner.stop());
  return { runner, lines };
};

test("what one connection has committed, the thread finds on its own; it starts with the first search", async () => {
  const path = join(folder(), "steward.db");
  const database = openDatabase({ path });
  onTestFinished(() => database.close());
  createSearchTables(database.sqlite);
  database.sqlite.exec(
    "INSERT INTO chat_messages (session_id, bot_id, role, content, source, created_at) VALUES ('s', 'b', 'user', 'the 内核 needle', 'cli', 1)",
  );
  createTextIndex(database.sqlite).put("message", 1, "the 内核 needle", "b1 c1");
  const { runner } = start({ database: path, worker: undefined });
  expect(runner.isRunning).toBe(false);
  const { hits } = await runner.run(request("内核"));
  expect(hits).toMatchObject([{ id: 1, content: "the 内核 needle", snippet: { marks: [[4, 6]] } }]);
  expect(runner.isRunning).toBe(true);
});

test("a search that the thread dies of is tried once more, in a new one", async () => {
  const { runner, lines } = start();
  expect(await runner.run(request("die once"))).toMatchObject({ hits: [] });
  expect(lines.filter(({ msg }) => msg === "the search thread ended in the middle of a search")).toHaveLength(
    1,
  );
});

test("one that it dies of twice fails alone, and is not tried again", async () => {
  const { runner, lines } = start();
  const answers = await Promise.allSettled(
    ["before", "die", "after"].map((text) => runner.run(request(text))),
  );
  expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(answers[1]).toMatchObject({ reason: { code: "search_failed" } });
  expect(lines.filter(({ msg }) => msg === "the search thread ended in the middle of a search")).toHaveLength(
    2,
  );
});

test("an error within a search is told, and the thread goes on", async () => {
  const { runner, lines } = start();
  await expect(runner.run(request("fail"))).rejects.toMatchObject({ code: "search_failed" });
  expect(lines).toContainEqual(expect.objectContaining({ problem: "no such table" }));
  expect(await runner.run(request("x"))).toMatchObject({ hits: [] });
});

test("one that takes too long is given up, and the next is answered by a new thread", async () => {
  const clock = createFakeClock();
  const { runner } = start({ clock });
  const [slow, next] = [runner.run(request("hang")), runner.run(request("x"))];
  const refused = expect(slow).rejects.toMatchObject({ code: "search_timed_out" });
  await clock.advance(10_000);
  await refused;
  expect(await next).toMatchObject({ hits: [] });
});

test("one by meaning that takes too long is answered by its words, and says that it was short of time", async () => {
  const clock = createFakeClock();
  const { runner } = start({ clock });
  const vector = { model: "m", dims: 8, int8: new Int8Array(8), bits: new Uint8Array(1) };
  const byMeaning = (text: string) => runner.run({ ...request(text), vector });
  const shortened = byMeaning("hang by meaning");
  await clock.advance(10_000);
  expect(await shortened).toEqual({ hits: [], mode: "lexical", degraded: ["timed_out"] });
  const refused = expect(byMeaning("hang")).rejects.toMatchObject({ code: "search_timed_out" });
  await clock.advance(20_000);
  await refused;
  expect((await byMeaning("x")).degraded).toEqual([]);
});

test("more than thirty-two at once are refused", async () => {
  const { runner } = start();
  const searches = Array.from({ length: 40 }, () => runner.run(request("x")));
  const answers = await Promise.allSettled(searches);
  expect(answers.map(({ status }) => status)).toEqual([
    ...Array<string>(32).fill("fulfilled"),
    ...Array<string>(8).fill("rejected"),
  ]);
  expect(answers[39]).toMatchObject({ reason: { code: "search_busy" } });
  expect(await runner.run(request("x"))).toMatchObject({ hits: [] });
});

test("whoever has gone is not searched for", async () => {
  const { runner } = start();
  const running = runner.run(request("x"));
  const gone = new AbortController();
  const waiting = runner.run(request("die"), gone.signal);
  gone.abort();
  await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
  await running;
});

test("the thread ends when nobody has searched for five minutes, and comes back", async () => {
  const clock = createFakeClock();
  const { runner } = start({ clock });
  await runner.run(request("x"));
  await clock.advance(4 * 60_000);
  await runner.run(request("x"));
  await clock.advance(4 * 60_000);
  expect(runner.isRunning).toBe(true);
  await clock.advance(60_000);
  expect(runner.isRunning).toBe(false);
  expect(await runner.run(request("x"))).toMatchObject({ hits: [] });
});

test("at the end nothing is left waiting", async () => {
  const { runner } = start();
  const searches = Promise.allSettled(["hang", "x"].map((text) => runner.run(request(text))));
  await runner.stop();
  const answers = [...(await searches), ...(await Promise.allSettled([runner.run(request("x"))]))];
  for (const answer of answers) expect(answer).toMatchObject({ reason: { code: "shutting_down" } });
});
