import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { settings } from "../tables/index.ts";
import {
  findDamage,
  listBackups,
  newestGoodBackup,
  pruneBackups,
  putInPlace,
  takeBackup,
} from "./backups.ts";
import { openDatabase } from "./open-database.ts";

const HOUR_MS = 3_600_000;
const NOON = Date.UTC(2026, 10, 21, 12);

let folder: string;
let database: string;
let backups: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "steward-backup-"));
  database = join(folder, "steward.db");
  backups = join(folder, "backups");
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const put = (opened: ReturnType<typeof openDatabase>, name: string) =>
  opened.write((tx) => tx.insert(settings).values({ name, value: "", updatedAt: 1 }).run());
const names = (path: string): string[] => {
  const opened = openDatabase({ path });
  const found = opened.db.select().from(settings).all();
  opened.close();
  return found.map(({ name }) => name);
};

describe("a backup", () => {
  test("is whole, of the last commit, private, and taken while the database is in use", () => {
    const opened = openDatabase({ path: database });
    put(opened, "kept");
    const backup = takeBackup({ database, folder: backups, now: NOON });
    put(opened, "later");
    opened.close();
    expect(backup).toMatchObject({ name: "steward-2026-11-21T12-00-00Z.db", takenAt: NOON });
    expect(statSync(backup.path).mode & 0o777).toBe(0o600);
    expect(findDamage(backup.path)).toBeNull();
    expect(names(backup.path)).toEqual(["kept"]);
    expect(readdirSync(backups)).not.toContain(`${backup.name}.partial`);
  });

  test("that is damaged is passed over for the newest good one", () => {
    openDatabase({ path: database }).close();
    const good = takeBackup({ database, folder: backups, now: NOON });
    const bad = takeBackup({ database, folder: backups, now: NOON + HOUR_MS });
    const bytes = readFileSync(bad.path);
    bytes.fill(0xaa, 4096, 12_288);
    writeFileSync(bad.path, bytes);
    expect(listBackups(backups).map(({ name }) => name)).toEqual([bad.name, good.name]);
    expect(newestGoodBackup(backups)?.name).toBe(good.name);
  });

  test("leaves no half file when it cannot be written", () => {
    writeFileSync(database, "not a database ".repeat(1_000));
    expect(() => takeBackup({ database, folder: backups, now: NOON })).toThrow();
    expect(readdirSync(backups)).toEqual([]);
  });

  test("of every hour for ten days: the newest 24 stay and the last of each of seven days", () => {
    openDatabase({ path: database }).close();
    takeBackup({ database, folder: backups, now: NOON });
    for (let hour = 1; hour < 240; hour += 1) {
      const at = new Date(NOON - hour * HOUR_MS).toISOString().slice(0, 19).replaceAll(":", "-");
      writeFileSync(join(backups, `steward-${at}Z.db`), "what is in it does not matter");
    }
    writeFileSync(join(backups, "before-migration-1-2.db"), "nor here");
    const dropped = pruneBackups(backups);
    const left = listBackups(backups);
    expect(dropped.length + left.length).toBe(240);
    expect(left.slice(0, 24).map(({ takenAt }) => takenAt)).toEqual(
      Array.from({ length: 24 }, (_, hour) => NOON - hour * HOUR_MS),
    );
    expect(new Set(left.map(({ name }) => name.slice(8, 18))).size).toBe(7);
    expect(left).toHaveLength(24 + 5);
    expect(readdirSync(backups)).toContain("before-migration-1-2.db");
  });
});

describe("putting a backup in place", () => {
  test("keeps what lay there, with its journal, and plays no old journal into the new one", () => {
    const opened = openDatabase({ path: database });
    put(opened, "kept");
    const backup = takeBackup({ database, folder: backups, now: NOON });
    put(opened, "lost");
    // As a crash leaves it: the journal still holds what was written last.
    const journal = readFileSync(`${database}-wal`);
    opened.close();
    writeFileSync(`${database}-wal`, journal);

    const aside = putInPlace({ backup: backup.path, database, now: NOON + HOUR_MS });
    expect(aside).toBe("steward.db.replaced-2026-11-21T13-00-00Z");
    expect(readdirSync(folder)).toContain(`${aside}-wal`);
    expect(names(database)).toEqual(["kept"]);
    expect(statSync(database).mode & 0o777).toBe(0o600);
    expect(names(join(folder, aside ?? ""))).toEqual(["kept", "lost"]);
    expect(findDamage(backup.path)).toBeNull();
  });

  test("works where nothing lay", () => {
    openDatabase({ path: database }).close();
    const backup = takeBackup({ database, folder: backups, now: NOON });
    rmSync(database);
    expect(putInPlace({ backup: backup.path, database, now: NOON })).toBeNull();
    expect(names(database)).toEqual([]);
  });
});
