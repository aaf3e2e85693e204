import { readFileSync, writeFileSync } from "node:fs";
import Sqlite from "better-sqlite3";
import { createPrivateFile } from "./private-file.ts";

/** Who holds a data directory, as far as it told. */
export interface LockHolder {
  pid: number;
  since: number;
  version: string;
}

/** Another process holds the data directory. */
export class InstanceLockedError extends Error {
  readonly holder: LockHolder | null;

  constructor(holder: LockHolder | null) {
    super(
      holder === null
        ? "another Steward uses this data directory"
        : `another Steward uses this data directory: process ${holder.pid}, since ${new Date(holder.since).toISOString()}`,
    );
    this.name = "InstanceLockedError";
    this.holder = holder;
  }
}

/**
 * Takes a data directory for this process: an exclusive SQLite transaction that is never ended. The kernel drops it
 * when the process dies, so there is no stale lock and no PID to guess about.
 *
 * The file must not be opened a second time in this process: POSIX locks are dropped on any close of the file. The
 * holder's description therefore lies beside it.
 *
 * Keep what is returned for as long as the lock shall hold: a collected handle closes the file.
 *
 * @throws InstanceLockedError when another process holds it
 */
export const acquireInstanceLock = (path: string, holder: LockHolder): { release(): void } => {
  createPrivateFile(path);
  const sqlite = new Sqlite(path);
  const description = `${path}.holder.json`;
  try {
    sqlite.pragma("busy_timeout = 0");
    sqlite.exec("BEGIN EXCLUSIVE");
  } catch (cause) {
    sqlite.close();
    if ((cause as { code?: string }).code !== "SQLITE_BUSY") throw cause;
    throw new InstanceLockedError(readHolder(description));
  }
  writeFileSync(description, JSON.stringify(holder), { mode: 0o600 });
  return { release: () => sqlite.close() };
};

const readHolder = (path: string): LockHolder | null => {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as LockHolder;
  } catch (error) {
    // Without the description the lock still holds; only the message is poorer.
    return error instanceof Error ? null : null;
  }
};
