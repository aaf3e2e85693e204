import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import Sqlite from "better-sqlite3";

/** A copy of the database in the backups folder. */
export interface Backup {
  path: string;
  name: string;
  /** UTC milliseconds, from its name: copying a file changes its times. */
  takenAt: number;
  bytes: number;
}

const NAME = /^steward-(\d{4})-(\d\d)-(\d\d)T(\d\d)-(\d\d)-(\d\d)Z\.db$/;
const HOURLY_KEPT = 24;
const DAILY_KEPT = 7;

const nameAt = (at: number): string =>
  `steward-${new Date(at).toISOString().slice(0, 19).replaceAll(":", "-")}Z.db`;

const takenAtOf = (name: string): number | null => {
  const match = NAME.exec(name);
  if (!match) return null;
  const [, date = "", month, day, hour, minute, second] = match;
  const at = Date.parse(`${date}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(at) ? null : at;
};

/** The scheduled and asked-for backups in a folder, newest first; none when the folder is missing. */
export const listBackups = (folder: string): Backup[] => {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .flatMap((name) => {
      const takenAt = takenAtOf(name);
      if (takenAt === null) return [];
      const path = join(folder, name);
      return [{ path, name, takenAt, bytes: statSync(path).size }];
    })
    .sort((a, b) => b.takenAt - a.takenAt);
};

/** What is wrong with a database file; null when it is whole. Reads all of it. */
export const findDamage = (path: string): string | null => {
  let sqlite: Sqlite.Database | null = null;
  try {
    sqlite = new Sqlite(path, { readonly: true, fileMustExist: true });
    const [first] = sqlite.pragma("integrity_check(1)") as { integrity_check: string }[];
    if (first?.integrity_check !== "ok") return first?.integrity_check ?? "no answer";
    const table = sqlite.prepare("SELECT 1 FROM sqlite_master WHERE name = '__drizzle_migrations'").get();
    return table === undefined ? "it is not a database of Steward" : null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    sqlite?.close();
  }
};

/** The newest backup that can be read to its end; null when there is none. */
export const newestGoodBackup = (folder: string): Backup | null =>
  listBackups(folder).find(({ path }) => findDamage(path) === null) ?? null;

/**
 * Copies a database, in use or not, into the backups folder: one consistent state, checked, readable by its owner alone.
 * It has its name only when it is whole. Blocks for as long as reading the database takes, so not in a thread that
 * serves.
 *
 * @throws what SQLite or the file system says; an Error when the copy turns out damaged
 */
export const takeBackup = (options: { database: string; folder: string; now: number }): Backup => {
  const { database, folder } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const name = nameAt(options.now);
  const path = join(folder, name);
  const partial = `${path}.partial`;
  rmSync(partial, { force: true });
  try {
    const sqlite = new Sqlite(database, { fileMustExist: true });
    try {
      sqlite.pragma("busy_timeout = 5000");
      sqlite.prepare("VACUUM INTO ?").run(partial);
    } finally {
      sqlite.close();
    }
    chmodSync(partial, 0o600);
    const damage = findDamage(partial);
    if (damage !== null) throw new Error(`the copy is damaged: ${damage}`);
    sync(partial);
    renameSync(partial, path);
    sync(folder);
  } finally {
    rmSync(partial, { force: true });
  }
  return { path, name, takenAt: takenAtOf(name) ?? options.now, bytes: statSync(path).size };
};

/** Deletes what is neither among the newest 24 backups nor the newest of one of the last 7 days that have any. Answers the names. */
export const pruneBackups = (folder: string): string[] => {
  const all = listBackups(folder);
  const days = new Map<string, string>();
  for (const { takenAt, name } of all) {
    const day = new Date(takenAt).toISOString().slice(0, 10);
    if (!days.has(day) && days.size < DAILY_KEPT) days.set(day, name);
  }
  const kept = new Set([...all.slice(0, HOURLY_KEPT).map(({ name }) => name), ...days.values()]);
  const dropped = all.filter(({ name }) => !kept.has(name));
  for (const { path } of dropped) rmSync(path, { force: true });
  return dropped.map(({ name }) => name);
};

/**
 * Puts a backup in the place of the database. What lay there is kept beside it, journal files included, under the name
 * that is answered (null: there was nothing). The caller holds the instance lock and has checked the backup.
 */
export const putInPlace = (options: { backup: string; database: string; now: number }): string | null => {
  const { database } = options;
  const incoming = `${database}.incoming`;
  rmSync(incoming, { force: true });
  const sqlite = new Sqlite(options.backup, { readonly: true, fileMustExist: true });
  try {
    sqlite.prepare("VACUUM INTO ?").run(incoming);
  } finally {
    sqlite.close();
  }
  chmodSync(incoming, 0o600);
  sync(incoming);
  const aside = existsSync(database) ? `${database}.replaced-${nameAt(options.now).slice(8, -3)}` : null;
  // The journal files first: an old one beside a new database would be played into it.
  for (const suffix of ["-wal", "-shm", ""]) {
    if (aside !== null && existsSync(database + suffix)) renameSync(database + suffix, aside + suffix);
  }
  renameSync(incoming, database);
  sync(dirname(database));
  return aside === null ? null : basename(aside);
};

const sync = (path: string): void => {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
};
