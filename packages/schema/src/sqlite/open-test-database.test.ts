import { expect, test } from "vitest";
import { type OpenDatabase, openDatabase } from "./open-database.ts";
import { openTestDatabase } from "./open-test-database.ts";

const everythingIn = ({ sqlite }: OpenDatabase) => ({
  schema: sqlite.prepare("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name").all(),
  settings: ["foreign_keys", "synchronous", "busy_timeout", "journal_mode", "user_version"].map((name) =>
    sqlite.pragma(name, { simple: true }),
  ),
  migrations: sqlite.prepare("SELECT hash, created_at FROM __drizzle_migrations ORDER BY id").all(),
});

test("a test's database is what the migrations make", () => {
  const migrated = everythingIn(openDatabase({ path: ":memory:" }));
  expect(everythingIn(openTestDatabase())).toEqual(migrated);
  expect(everythingIn(openTestDatabase())).toEqual(migrated);
});

test("what is written into one of them is in no other", () => {
  const [first, second] = [openTestDatabase(), openTestDatabase()];
  first.probe();
  const rows = ({ sqlite }: OpenDatabase) => sqlite.prepare("SELECT count(*) FROM settings").pluck().get();
  expect([rows(first), rows(second), rows(openTestDatabase())]).toEqual([1, 0, 0]);
});
