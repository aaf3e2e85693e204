import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Sqlite from "better-sqlite3";
import { type BetterSQLite3Database, drizzle } from "drizzle-orm/better-sqlite3";
import { migrate } from "drizzle-orm/better-sqlite3/migrator";
import * as tables from "../tables/index.ts";
import { listBackups } from "./backups.ts";
import { createPrivateFile } from "./private-file.ts";
import { keepStatements } from "./statement-cache.ts";
import { storageFaultOf } from "./storage-fault.ts";
import { guardWrites } from "./write-guard.ts";

export type Database = BetterSQLite3Database<typeof tables>;
/** The same verbs inside and outside a transaction. */
export type DatabaseOrTransaction = Database | Parameters<Parameters<Database["transaction"]>[0]>[0];

export interface OpenDatabase {
  db: Database;
  /** The same connection, for what Drizzle has no words for: full text and vectors. Writes go inside `write` all the same. */
  sqlite: Sqlite.Database;
  /** Runs `work` in one `BEGIN IMMEDIATE` transaction: a read-then-write never fails on a lock upgrade. */
  write<T>(work: (tx: DatabaseOrTransaction) => T): T;
  /**
   * The same, committed for every reader and safe against a crash of the process, but not against a loss of power until
   * the next `write`: for what a restart could do without (a started mark, a checkpoint of text).
   */
  writeUnsynced<T>(work: (tx: DatabaseOrTransaction) => T): T;
  /**
   * Runs `work` and returns when all that it has written is on the disk: one sync for many commits. Until then these are
   * safe against a crash of the process alone: for what would be done again after a loss of power.
   */
  syncedOnce<T>(work: () => T): T;
  /** A cheap proof that the database accepts a durable write; throws what SQLite says otherwise. */
  probe(): void;
  /** Writes the WAL back and cuts it to nothing, unless a reader is in the way: then the next time. */
  checkpoint(): void;
  /**
   * While `isElsewhere`, a commit leaves it to another connection to write the WAL back (see `openCheckpointer`), unless
   * that one falls far behind. A commit that does it itself holds up the event loop for as long as two syncs take.
   */
  leaveCheckpoints(isElsewhere: boolean): void;
  /** Checkpoints the WAL and closes. */
  close(): void;
}

/** The database cannot be used as it is; `problem` says which kind of stop this is. */
export class DatabaseError extends Error {
  readonly problem: "corrupt" | "newer_schema" | "migration_failed";

  constructor(problem: DatabaseError["problem"], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "DatabaseError";
    this.problem = problem;
  }
}

/** While nothing is served yet. */
const BUSY_AT_START_MS = 5_000;
/** The driver blocks the event loop while it waits: whoever is refused comes again (fault matrix row 28). */
const BUSY_MS = 250;
/** Of 4 KB: the driver's own choice, and 64 MB, which is what the WAL's file is cut to. */
const CHECKPOINT_PAGES = 1_000;
const CHECKPOINT_PAGES_ELSEWHERE = 16_000;
const MIGRATIONS = fileURLToPath(new URL("../../migrations", import.meta.url));

/**
 * Opens (or creates) the database and brings its schema up to date.
 *
 * Foreign keys are off while migrating: migrations run inside a transaction where the pragma does nothing, and with
 * cascades on, a migration that recreates a table would delete its children. `synchronous=FULL` is set explicitly
 * because the driver's build defaults to NORMAL under WAL; the commit is our durability boundary.
 *
 * @param options.path file path, or `:memory:`
 * @param options.snapshotTo folder of the backups, also for a copy made before a schema change of an existing database
 * @param options.onBroken called once when the medium or the file turns out to be broken: from then on every write is
 *   refused, and the database has to be opened anew (which checks it). After a failed fsync nobody knows what is on the disk.
 * @param options.migrations another folder of migrations, for tests of their failures
 * @param options.image with `:memory:`: what the database begins with, as `sqlite.serialize()` gave it; it is copied
 * @throws DatabaseError when the file is damaged, newer than this program, or a migration fails
 */
export const openDatabase = (options: {
  path: string;
  snapshotTo?: string;
  onBroken?: (error: unknown) => void;
  migrations?: string;
  image?: Buffer;
}): OpenDatabase => {
  const existed = options.path !== ":memory:" && existsSync(options.path);
  if (existed) assertNotEmptied(options.path, options.snapshotTo);
  if (options.path !== ":memory:") createPrivateFile(options.path);
  const sqlite = openFile(options.path, options.image);
  try {
    sqlite.pragma(`busy_timeout = ${BUSY_AT_START_MS}`);
    if (existed) assertIntact(sqlite, options.path);
    sqlite.pragma("journal_mode = WAL");
    sqlite.pragma("foreign_keys = OFF");
    migrateUp(sqlite, options.migrations ?? MIGRATIONS, existed ? options.snapshotTo : undefined);
    sqlite.pragma("synchronous = FULL");
    sqlite.pragma("foreign_keys = ON");
    sqlite.pragma("journal_size_limit = 67108864");
    sqlite.pragma(`busy_timeout = ${BUSY_MS}`);
    const orphans = sqlite.pragma("foreign_key_check") as unknown[];
    if (orphans.length > 0)
      throw new DatabaseError("corrupt", `${orphans.length} rows refer to missing rows`);
  } catch (cause) {
    sqlite.close();
    throw asDatabaseError(cause, options.path);
  }
  const guard = guardWrites(sqlite, options.onBroken ?? (() => undefined));
  keepStatements(sqlite);
  const db = drizzle(sqlite, { schema: tables });
  const probe = sqlite.prepare(
    "INSERT INTO settings (name, value, updated_at) VALUES ('write_probe', '', ?) ON CONFLICT (name) DO UPDATE SET updated_at = excluded.updated_at",
  );
  let usual: "FULL" | "NORMAL" = "FULL";
  const write: OpenDatabase["write"] = (work) =>
    guard(() => db.transaction((tx) => work(tx), { behavior: "immediate" }));
  const syncNow = (): void => {
    try {
      probe.run(Date.now());
    } catch (error) {
      // What cannot be written now is told by the next write that somebody wants; that one syncs all before it.
      if (storageFaultOf(error) === null) throw error;
    }
  };
  return {
    db,
    sqlite,
    write,
    writeUnsynced: (work) => {
      // Inside a transaction the pragma would do nothing, and the outer commit decides anyway.
      if (sqlite.inTransaction) return write(work);
      sqlite.pragma("synchronous = NORMAL");
      try {
        return write(work);
      } finally {
        sqlite.pragma(`synchronous = ${usual}`);
      }
    },
    syncedOnce: (work) => {
      usual = "NORMAL";
      sqlite.pragma("synchronous = NORMAL");
      try {
        return work();
      } finally {
        usual = "FULL";
        sqlite.pragma("synchronous = FULL");
        syncNow();
      }
    },
    probe: () => {
      probe.run(Date.now());
    },
    checkpoint: () => {
      sqlite.pragma("wal_checkpoint(TRUNCATE)");
    },
    leaveCheckpoints: (isElsewhere) => {
      // Whoever had more to write may learn only now that it is over.
      if (!sqlite.open) return;
      sqlite.pragma(`wal_autocheckpoint = ${isElsewhere ? CHECKPOINT_PAGES_ELSEWHERE : CHECKPOINT_PAGES}`);
    },
    close: () => {
      sqlite.pragma("wal_checkpoint(TRUNCATE)");
      sqlite.close();
    },
  };
};

const openFile = (path: string, image: Buffer | undefined): Sqlite.Database => {
  try {
    return new Sqlite(image ?? path);
  } catch (cause) {
    throw asDatabaseError(cause, path);
  }
};

/** Backups, but nothing in the file they are of: it was cut off. Making a new one would hide that. */
const assertNotEmptied = (path: string, backups: string | undefined): void => {
  if (backups === undefined || statSync(path).size > 0 || listBackups(backups).length === 0) return;
  throw new DatabaseError("corrupt", `${path} is empty although there are backups of it`);
};

const assertIntact = (sqlite: Sqlite.Database, path: string): void => {
  const [first] = sqlite.pragma("quick_check(1)") as { quick_check: string }[];
  if (first?.quick_check !== "ok") {
    throw new DatabaseError("corrupt", `${path} is damaged: ${first?.quick_check ?? "no answer"}`);
  }
};

/** Applies what is missing, after a copy of the old state. The bookkeeping table is Drizzle's own. */
const migrateUp = (sqlite: Sqlite.Database, migrations: string, snapshotTo: string | undefined): void => {
  const journal = JSON.parse(readFileSync(join(migrations, "meta/_journal.json"), "utf8")) as {
    entries: { when: number; tag: string }[];
  };
  const newest = Math.max(...journal.entries.map((entry) => entry.when));
  const applied = lastApplied(sqlite);
  if (applied !== null && applied > newest) {
    throw new DatabaseError("newer_schema", "the database was written by a newer Steward; update this one");
  }
  if (applied === newest) return;
  if (applied !== null && snapshotTo !== undefined) {
    const copy = join(snapshotTo, `before-migration-${applied}-${Date.now()}.db`);
    sqlite.prepare("VACUUM INTO ?").run(copy);
  }
  try {
    migrate(drizzle(sqlite), { migrationsFolder: migrations });
  } catch (cause) {
    if (storageFaultOf(cause) !== null) throw cause;
    throw new DatabaseError("migration_failed", "the database could not be brought up to date", cause);
  }
};

const lastApplied = (sqlite: Sqlite.Database): number | null => {
  const known = sqlite.prepare("SELECT 1 FROM sqlite_master WHERE name = '__drizzle_migrations'").get();
  if (known === undefined) return null;
  const row = sqlite.prepare("SELECT max(created_at) AS at FROM __drizzle_migrations").get() as {
    at: number | null;
  };
  return row.at;
};

const asDatabaseError = (cause: unknown, path: string): Error => {
  const code = (cause as { code?: string }).code ?? "";
  return code === "SQLITE_CORRUPT" || code === "SQLITE_NOTADB"
    ? new DatabaseError("corrupt", `${path} is damaged or not a database`, cause)
    : (cause as Error);
};
