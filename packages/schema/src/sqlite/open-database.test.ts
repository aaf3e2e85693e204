import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { settings } from "../tables/index.ts";
import { DatabaseError, type DatabaseOrTransaction, openDatabase } from "./open-database.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "steward-db-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("openDatabase", () => {
  test("keeps durable commits and foreign keys on after a reopen and a write", () => {
    const path = join(folder, "a.db");
    openDatabase({ path }).close();
    const opened = openDatabase({ path });
    opened.probe();
    expect(opened.db.get<{ synchronous: number }>("PRAGMA synchronous")).toEqual({ synchronous: 2 });
    expect(opened.db.get<{ foreign_keys: number }>("PRAGMA foreign_keys")).toEqual({ foreign_keys: 1 });
    opened.close();
  });

  test("is readable by its owner alone, its journal files too, whatever the umask", () => {
    const umask = process.umask(0);
    const opened = openDatabase({ path: join(folder, "a.db") });
    opened.probe();
    process.umask(umask);
    const modes = readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mode & 0o777]);
    expect(modes).toEqual([
      ["a.db", 0o600],
      ["a.db-shm", 0o600],
      ["a.db-wal", 0o600],
    ]);
    opened.close();
  });

  test("rolls a failed write back and keeps what was there", () => {
    const opened = openDatabase({ path: ":memory:" });
    const put = (name: string) => ({ name, value: "x", updatedAt: 1 });
    opened.write((tx) => tx.insert(settings).values(put("kept")).run());
    expect(() =>
      opened.write((tx) => {
        tx.insert(settings).values(put("lost")).run();
        throw new Error("stop");
      }),
    ).toThrow("stop");
    expect(
      opened.db
        .select()
        .from(settings)
        .all()
        .map((row) => row.name),
    ).toEqual(["kept"]);
    opened.close();
  });

  test("goes back to durable commits after one that was not, also when that one failed", () => {
    const opened = openDatabase({ path: join(folder, "a.db") });
    opened.writeUnsynced((tx) => tx.insert(settings).values({ name: "a", value: "", updatedAt: 1 }).run());
    expect(() =>
      opened.writeUnsynced(() => {
        throw new Error("stop");
      }),
    ).toThrow("stop");
    expect(opened.db.get<{ synchronous: number }>("PRAGMA synchronous")).toEqual({ synchronous: 2 });
    expect(opened.db.select().from(settings).all()).toHaveLength(1);
    opened.close();
  });

  test("commits many without a sync each, syncs once at their end, and then each again", () => {
    const opened = openDatabase({ path: join(folder, "a.db") });
    const mode = () => opened.db.get<{ synchronous: number }>("PRAGMA synchronous").synchronous;
    const write = (name: string) => (tx: DatabaseOrTransaction) =>
      tx.insert(settings).values({ name, value: "", updatedAt: 1 }).run();
    const within = opened.syncedOnce(() => {
      opened.write(write("a"));
      opened.writeUnsynced(write("b"));
      return mode();
    });
    expect(within).toBe(1);
    expect(mode()).toBe(2);
    expect(() =>
      opened.syncedOnce(() => {
        opened.write(write("c"));
        throw new Error("stop");
      }),
    ).toThrow("stop");
    expect(mode()).toBe(2);
    const names = opened.db.select().from(settings).all();
    // The durable write at the end is the probe's.
    expect(names.map(({ name }) => name).sort()).toEqual(["a", "b", "c", "write_probe"]);
    opened.close();
  });

  test("refuses a damaged file without touching it", () => {
    const path = join(folder, "a.db");
    const opened = openDatabase({ path });
    opened.close();
    const bytes = readFileSync(path);
    bytes.fill(0xaa, 4096, 12_288);
    writeFileSync(path, bytes);
    expect(() => openDatabase({ path })).toThrow(DatabaseError);
    expect(readFileSync(path).equals(bytes)).toBe(true);
  });

  test("refuses a file that is not a database", () => {
    const path = join(folder, "a.db");
    writeFileSync(path, "not a database at all, but long enough to have a header ".repeat(20));
    expect(() => openDatabase({ path })).toThrow(expect.objectContaining({ problem: "corrupt" }) as Error);
  });

  test("row 30: refuses a schema newer than the program", () => {
    const path = join(folder, "a.db");
    openDatabase({ path }).close();
    const raw = new Sqlite(path);
    raw.exec("INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('later', 99999999999999)");
    raw.close();
    expect(() => openDatabase({ path })).toThrow(
      expect.objectContaining({ problem: "newer_schema" }) as Error,
    );
  });

  test("copies the old state before it changes an existing schema", () => {
    const path = join(folder, "a.db");
    openDatabase({ path }).close();
    const raw = new Sqlite(path);
    raw.exec("UPDATE __drizzle_migrations SET created_at = 1");
    raw.close();
    // The first migration cannot run twice: the copy must exist nevertheless, made before the attempt.
    expect(() => openDatabase({ path, snapshotTo: folder })).toThrow(
      expect.objectContaining({ problem: "migration_failed" }) as Error,
    );
    expect(readdirSync(folder).filter((name) => name.startsWith("before-migration-1-"))).toHaveLength(1);
  });
});
