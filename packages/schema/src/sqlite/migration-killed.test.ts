import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { settings } from "../tables/index.ts";
import { findDamage } from "./backups.ts";
import { openDatabase } from "./open-database.ts";

const MIGRATIONS = fileURLToPath(new URL("../../migrations", import.meta.url));
const OPENER = fileURLToPath(new URL("./fixtures/open-with-migrations.mjs", import.meta.url));
/** More than any test machine writes before it is killed. */
const SLOW = `CREATE TABLE slow (a);
--> statement-breakpoint
INSERT INTO slow WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 100000000) SELECT x FROM c;`;

/** The real migrations and a last one that takes long. */
const withSlowMigration = (folder: string): string => {
  const path = join(folder, "migrations");
  cpSync(MIGRATIONS, path, { recursive: true });
  const journalPath = join(path, "meta/_journal.json");
  const journal = JSON.parse(readFileSync(journalPath, "utf8")) as { entries: { when: number }[] };
  const when = Math.max(...journal.entries.map((entry) => entry.when)) + 1;
  const slow = { idx: journal.entries.length, version: "6", when, tag: "9999_slow", breakpoints: true };
  writeFileSync(journalPath, JSON.stringify({ ...journal, entries: [...journal.entries, slow] }));
  writeFileSync(join(path, "9999_slow.sql"), SLOW);
  return path;
};

test("row 30: a migration that is killed midway leaves the old schema and data, and a good copy from before it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "steward-migration-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "steward.db");
  const backups = join(folder, "backups");
  mkdirSync(backups);
  const opened = openDatabase({ path });
  opened.write((tx) => tx.insert(settings).values({ name: "kept", value: "", updatedAt: 1 }).run());
  opened.close();

  const child = spawn(process.execPath, [OPENER, path, withSlowMigration(folder), backups], {
    stdio: "inherit",
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const journal = `${path}-wal`;
  await expect
    .poll(() => (existsSync(journal) ? statSync(journal).size : 0), { timeout: 30_000 })
    .toBeGreaterThan(4_194_304);
  child.kill("SIGKILL");
  await once(child, "exit");

  const again = openDatabase({ path });
  expect(again.db.select().from(settings).all()).toMatchObject([{ name: "kept" }]);
  expect(again.db.all("SELECT name FROM sqlite_master WHERE name = 'slow'")).toEqual([]);
  again.close();
  const [copy = ""] = readdirSync(backups).filter((name) => name.startsWith("before-migration-"));
  expect(findDamage(join(backups, copy))).toBeNull();
}, 60_000);
