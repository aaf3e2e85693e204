import Sqlite from "better-sqlite3";
import { keepStatements } from "../statement-cache.ts";
import { loadVectors } from "./search-tables.ts";

/** What one busy chat has of messages and vectors, and the signs of a hundred thousand: read again and again. */
const CACHE_KB = 32_768;

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
  sqlite.pragma(`cache_size = -${CACHE_KB}`);
  return { sqlite, vectorProblem: loadVectors(sqlite, vectorExtension) };
};
