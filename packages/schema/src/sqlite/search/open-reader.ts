import Sqlite from "better-sqlite3";
import { keepStatements } from "../statement-cache.ts";
import { loadVectors } from "./search-tables.ts";

/**
 * A connection that only reads, for searching beside the one that writes.
 *
 * @returns the connection, and why it has no vectors when it has none
 */
export const openReader = (
  path: string,
  vectorExtension?: string,
): { sqlite: Sqlite.Database; vectorProblem: string | null } => {
  const sqlite = new Sqlite(path, { readonly: true, fileMustExist: true });
  keepStatements(sqlite);
  return { sqlite, vectorProblem: loadVectors(sqlite, vectorExtension) };
};
