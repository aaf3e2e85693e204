/**
 * What stands in the way of a write: `busy` = another process holds the database, `full` = it cannot be written now (no
 * room, read-only), `broken` = the medium failed or the file is damaged: what was written last is uncertain, and this
 * handle must not be used any more.
 */
export type StorageFault = "busy" | "full" | "broken";

const CAUSES_DEEP = 5;

/**
 * The fault that SQLite or the file system reported, if it stands anywhere in the error's chain of causes.
 *
 * A full disk shows as SQLITE_FULL, or as SQLITE_IOERR_SHM… when the wal-index cannot grow. After any other I/O error,
 * a failed fsync above all, the kernel may have dropped the pages it could not write.
 */
export const storageFaultOf = (error: unknown): StorageFault | null => {
  let cause = error;
  for (let depth = 0; cause instanceof Error && depth < CAUSES_DEEP; depth += 1, cause = cause.cause) {
    const code = "code" in cause ? String(cause.code) : "";
    if (/^SQLITE_(BUSY|LOCKED|PROTOCOL)/.test(code)) return "busy";
    if (/^(SQLITE_(FULL|READONLY|CANTOPEN|IOERR_SHM|PERM)|ENOSPC|EROFS|EDQUOT|EACCES)/.test(code))
      return "full";
    if (/^SQLITE_(IOERR|CORRUPT|NOTADB)/.test(code) || code === "EIO") return "broken";
  }
  return null;
};
