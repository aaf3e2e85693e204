import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { openDatabase } from "./open-database.ts";
import { openTestDatabase } from "./open-test-database.ts";

const KEPT = "SELECT * FROM history_sessions ORDER BY bot_id, session_id";
const COUNTED =
  "SELECT bot_id, session_id, count(*) AS message_count, min(created_at) AS started_at, max(created_at) AS last_message_at " +
  "FROM chat_messages GROUP BY bot_id, session_id ORDER BY bot_id, session_id";

test("the rows of sessions are what counting would say, whatever is done with messages", () => {
  const step = fc.record({
    verb: fc.constantFrom("insert", "insert", "insert", "delete", "move", "age"),
    id: fc.integer({ min: 1, max: 12 }),
    bot: fc.constantFrom("a", "b"),
    session: fc.constantFrom("x", "y"),
    at: fc.integer({ min: 1, max: 5 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { sqlite } = openTestDatabase();
      for (const { verb, id, bot, session, at } of steps) {
        if (verb === "insert")
          sqlite
            .prepare(
              "INSERT INTO chat_messages (session_id, bot_id, role, content, source, created_at) VALUES (?, ?, 'user', '', '', ?)",
            )
            .run(session, bot, at);
        else if (verb === "delete") sqlite.prepare("DELETE FROM chat_messages WHERE id = ?").run(id);
        else if (verb === "move")
          sqlite
            .prepare("UPDATE chat_messages SET session_id = ?, bot_id = ? WHERE id = ?")
            .run(session, bot, id);
        else sqlite.prepare("UPDATE chat_messages SET created_at = ? WHERE id >= ?").run(at, id);
        expect(sqlite.prepare(KEPT).all()).toEqual(sqlite.prepare(COUNTED).all());
      }
      sqlite.close();
    }),
    { numRuns: 40 },
  );
});

test("an older database gets its rows with the migration", () => {
  const folder = mkdtempSync(join(tmpdir(), "steward-history-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const older = join(folder, "migrations");
  cpSync(fileURLToPath(new URL("../../migrations", import.meta.url)), older, { recursive: true });
  const journalFile = join(older, "meta/_journal.json");
  const journal = JSON.parse(readFileSync(journalFile, "utf8")) as { entries: { tag: string }[] };
  const before = journal.entries.findIndex(({ tag }) => tag.endsWith("_history_sessions"));
  writeFileSync(journalFile, JSON.stringify({ ...journal, entries: journal.entries.slice(0, before) }));

  const path = join(folder, "steward.db");
  const old = openDatabase({ path, migrations: older });
  const insert = old.sqlite.prepare(
    "INSERT INTO chat_messages (session_id, bot_id, role, content, source, created_at) VALUES (?, 'b', 'user', '', '', ?)",
  );
  for (const [session, at] of [
    ["x", 3],
    ["x", 1],
    ["y", 2],
  ])
    insert.run(session, at);
  old.close();
  const now = openDatabase({ path });
  expect(now.sqlite.prepare(KEPT).all()).toEqual(now.sqlite.prepare(COUNTED).all());
  expect(now.sqlite.prepare(KEPT).all()).toHaveLength(2);
  now.close();
});
