import { type OpenDatabase, openDatabase } from "@steward/schema/sqlite";

interface Statement {
  readonly readonly: boolean;
  run(...values: unknown[]): unknown;
}

/** A real database whose writes fail on demand, statement by statement, as SQLite fails them on a full disk. */
export interface FaultyDatabase {
  database: OpenDatabase;
  /** Asked before every statement that writes, with its number (from 1). */
  fails: (write: number) => boolean;
  /** How many statements have tried to write. */
  writes: number;
}

export const openFaultyDatabase = (): FaultyDatabase => {
  const database = openDatabase({ path: ":memory:" });
  const faulty: FaultyDatabase = { database, fails: () => false, writes: 0 };
  // The driver's own handle below Drizzle: statements that are prepared from now on pass through here.
  const { $client: client } = database.db as unknown as {
    $client: { prepare(source: string): Statement };
  };
  const prepare = client.prepare.bind(client);
  client.prepare = (source) => {
    const statement = prepare(source);
    if (statement.readonly) return statement;
    const run = statement.run.bind(statement);
    statement.run = (...values) => {
      faulty.writes += 1;
      if (faulty.fails(faulty.writes)) {
        throw Object.assign(new Error("database or disk is full"), { code: "SQLITE_FULL" });
      }
      return run(...values);
    };
    return statement;
  };
  return faulty;
};
