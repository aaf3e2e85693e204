import type Sqlite from "better-sqlite3";
import { storageFaultOf } from "./storage-fault.ts";

/**
 * Watches every write of a connection for a fault after which it must not be used any more: what the kernel could not
 * write it may have dropped, and a later fsync that succeeds says nothing about it. From then on all writes fail.
 *
 * @returns a guard for what does not run through `prepare`, such as a COMMIT
 */
export const guardWrites = (
  sqlite: Sqlite.Database,
  onBroken: (error: unknown) => void,
): (<T>(write: () => T) => T) => {
  let broken: unknown = null;
  const guard = <T>(write: () => T): T => {
    if (broken !== null) {
      const message = "the database has to be opened anew: a write of it failed";
      throw Object.assign(new Error(message, { cause: broken }), { code: "SQLITE_IOERR" });
    }
    try {
      return write();
    } catch (error) {
      if (broken === null && storageFaultOf(error) === "broken") {
        broken = error;
        onBroken(error);
      }
      throw error;
    }
  };
  const prepare = sqlite.prepare.bind(sqlite) as (source: string) => Sqlite.Statement;
  const guarded = (source: string): Sqlite.Statement => {
    const statement = prepare(source);
    if (statement.readonly) return statement;
    // What returns the rows that it has written is not run but read.
    for (const verb of ["run", "get", "all"] as const) {
      const execute = statement[verb].bind(statement) as (...values: unknown[]) => unknown;
      Object.assign(statement, { [verb]: (...values: unknown[]) => guard(() => execute(...values)) });
    }
    return statement;
  };
  sqlite.prepare = guarded as Sqlite.Database["prepare"];
  return guard;
};
