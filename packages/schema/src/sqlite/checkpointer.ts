import Sqlite from "better-sqlite3";

export interface Checkpointer {
  /** Writes back what stands in the WAL, as far as no reader is in the way; nobody waits for it but the caller. */
  checkpoint(): void;
  close(): void;
}

/**
 * A connection that does nothing but write the WAL back into the database, for a thread of its own.
 *
 * @param path of a database that is open elsewhere: it is not migrated and not looked through
 * @throws what SQLite says, also of the medium; the connection that writes will meet the same
 */
export const openCheckpointer = (path: string): Checkpointer => {
  const sqlite = new Sqlite(path, { fileMustExist: true });
  sqlite.pragma("synchronous = FULL");
  return {
    checkpoint: () => {
      sqlite.pragma("wal_checkpoint(PASSIVE)");
    },
    close: () => {
      sqlite.close();
    },
  };
};
