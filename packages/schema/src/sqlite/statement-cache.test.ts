import Sqlite from "better-sqlite3";
import { expect, test } from "vitest";
import { keepStatements } from "./statement-cache.ts";

function open(kept?: number) {
  const sqlite = new Sqlite(":memory:");
  sqlite.exec("CREATE TABLE t (a INTEGER, b TEXT); INSERT INTO t VALUES (1, 'x'), (2, 'y')");
  const compiled: string[] = [];
  const prepare = sqlite.prepare.bind(sqlite) as (source: string) => Sqlite.Statement;
  sqlite.prepare = ((source: string) => {
    compiled.push(source);
    return prepare(source);
  }) as Sqlite.Database["prepare"];
  keepStatements(sqlite, kept);
  return { sqlite, compiled };
}
const ROWS = "SELECT a, b FROM t ORDER BY a";

test("a text is compiled once, and answers with what stands there now", () => {
  const { sqlite, compiled } = open();
  expect(sqlite.prepare(ROWS).all()).toHaveLength(2);
  sqlite.prepare("INSERT INTO t VALUES (?, ?)").run(3, "z");
  sqlite.prepare("INSERT INTO t VALUES (?, ?)").run(4, "z");
  expect(sqlite.prepare(ROWS).all()).toHaveLength(4);
  expect(compiled).toEqual([ROWS, "INSERT INTO t VALUES (?, ?)"]);
});

test("however one user reads its rows, the next gets objects", () => {
  const { sqlite } = open();
  expect(sqlite.prepare(ROWS).raw().get()).toEqual([1, "x"]);
  expect(sqlite.prepare(ROWS).get()).toEqual({ a: 1, b: "x" });
  expect(sqlite.prepare(ROWS).pluck().get()).toBe(1);
  expect(sqlite.prepare(ROWS).get()).toEqual({ a: 1, b: "x" });
});

test("one whose rows are still being read is not begun anew", () => {
  const { sqlite } = open();
  const seen: unknown[] = [];
  for (const row of sqlite.prepare(ROWS).iterate()) seen.push([row, sqlite.prepare(ROWS).all().length]);
  expect(seen).toEqual([
    [{ a: 1, b: "x" }, 2],
    [{ a: 2, b: "y" }, 2],
  ]);
});

test("what was used longest ago goes first, and a changed table is seen", () => {
  const { sqlite, compiled } = open(2);
  for (const source of ["SELECT 1", ROWS, "SELECT 1", "SELECT 2", "SELECT 1", ROWS])
    sqlite.prepare(source).get();
  expect(compiled).toEqual(["SELECT 1", ROWS, "SELECT 2", ROWS]);
  sqlite.prepare("SELECT * FROM t").get();
  sqlite.exec("ALTER TABLE t ADD COLUMN c TEXT DEFAULT 'new'");
  expect(sqlite.prepare("SELECT * FROM t").get()).toEqual({ a: 1, b: "x", c: "new" });
});
