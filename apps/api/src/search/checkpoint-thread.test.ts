import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createSearchIndexer } from "@steward/core/search/search-indexer";
import { createSystemClock } from "@steward/platform/clock";
import { createMemoryLogger, createSilentLogger } from "@steward/platform/logger";
import { type OpenDatabase, openDatabase } from "@steward/schema/sqlite";
import { expect, onTestFinished, test } from "vitest";
import { startCheckpointThread } from "./checkpoint-thread.ts";

const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), "steward-checkpoints-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
};
const open = (): { path: string; database: OpenDatabase } => {
  const path = join(folder(), "steward.db");
  const database = openDatabase({ path });
  onTestFinished(() => database.close());
  return { path, database };
};
const say = (database: OpenDatabase, count: number): void => {
  const insert = database.sqlite.prepare(
    "INSERT INTO chat_messages (session_id, bot_id, role, content, source, created_at) VALUES ('s', 'b', 'user', ?, 'cli', 1)",
  );
  database.write(() => {
    for (let i = 0; i < count; i++) insert.run(`message ${i} ${"long ".repeat(200)}`);
  });
};
/** What stands in the file itself, without its log. */
const messagesInFile = (path: string): number => {
  const copy = join(folder(), "copy.db");
  copyFileSync(path, copy);
  const database = openDatabase({ path: copy });
  const { n } = database.sqlite.prepare("SELECT count(*) AS n FROM chat_messages").get() as { n: number };
  database.close();
  return n;
};
const broken = (script: string): URL => {
  const path = join(folder(), "worker.mjs");
  writeFileSync(path, script);
  return pathToFileURL(path);
};

test("what the commits have left in the log, the thread writes back into the database", async () => {
  const { path, database } = open();
  database.checkpoint();
  database.leaveCheckpoints(true);
  say(database, 5_000);
  expect(messagesInFile(path)).toBe(0);
  const thread = startCheckpointThread(path);
  await thread.checkpoint();
  expect(messagesInFile(path)).toBe(5_000);
  await thread.end();
  await expect(thread.checkpoint()).rejects.toThrow("ended");
});

test("a commit writes a long log back itself when nobody else does it", () => {
  const { path, database } = open();
  database.checkpoint();
  database.leaveCheckpoints(true);
  database.leaveCheckpoints(false);
  say(database, 5_000);
  expect(messagesInFile(path)).toBe(5_000);
});

test("while very much is indexed the thread writes back, and is gone when it is over", async () => {
  const { path, database } = open();
  say(database, 3_000);
  const ends: string[] = [];
  let checkpoints = 0;
  const indexer = createSearchIndexer({
    database,
    hasVectors: () => false,
    toEmbed: () => undefined,
    clock: createSystemClock(),
    log: createSilentLogger(),
    startCheckpoints: () => {
      const thread = startCheckpointThread(path);
      return {
        checkpoint: async () => {
          await thread.checkpoint();
          checkpoints += 1;
        },
        end: async () => {
          await thread.end();
          ends.push("ended");
        },
      };
    },
  });
  indexer.start();
  await indexer.flush();
  indexer.stop();
  expect(checkpoints).toBeGreaterThanOrEqual(3);
  expect(ends).toEqual(["ended"]);
  expect(indexer.waiting()).toBe(0);
  expect(database.sqlite.pragma("wal_autocheckpoint", { simple: true })).toBe(1_000);
});

test.each([
  ["that cannot start", "throw new Error('no memory')"],
  [
    "that dies of it",
    "import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => { throw new Error('disk I/O error'); })",
  ],
  [
    "that leaves",
    "import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => process.exit(0))",
  ],
])("with a thread %s everything is indexed all the same, and the log says so once", async (_, script) => {
  const { path, database } = open();
  say(database, 2_000);
  const { log, lines } = createMemoryLogger();
  const indexer = createSearchIndexer({
    database,
    hasVectors: () => false,
    toEmbed: () => undefined,
    clock: createSystemClock(),
    log,
    startCheckpoints: () => startCheckpointThread(path, broken(script)),
  });
  indexer.start();
  await indexer.flush();
  indexer.stop();
  expect(indexer.waiting()).toBe(0);
  expect(lines.map(({ msg }) => msg)).toEqual([
    "the database's log could not be written back beside the work",
  ]);
  expect(database.sqlite.pragma("wal_autocheckpoint", { simple: true })).toBe(1_000);
});
