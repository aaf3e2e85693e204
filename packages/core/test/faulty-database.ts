import type { OpenDatabase } from "@steward/schema/sqlite";
import { openOwnDatabase } from "./own-database.ts";

interface Statement {
  readonly readonly: boolean;
  run(...values: unknown[]): unknown;
  get(...values: unknown[]): unknown;
  all(...values: unknown[]): unknown;
}

/** A real database whose writes fail on demand, statement by statement, as SQLite fails them on a full disk. */
export interface FaultyDatabase {
  database: OpenDatabase;
  /** Asked before every statement that writes, with its number (from 1) and its text. */
  fails: (write: number, sql: string) => boolean;
  /** What a write that fails throws; by default that the disk is full. */
  fault: () => Error;
  /** How many statements have tried to write. */
  writes: number;
}

export const openFaultyDatabase = (): FaultyDatabase => {
  const opened = openOwnDatabase();
  const database: OpenDatabase = {
    ...opened,
    probe: () => {
      faulty.count("probe");
      opened.probe();
    },
  };
  const full = () => Object.assign(new Error("database or disk is full"), { code: "SQLITE_FULL" });
  const faulty = {
    database,
    fails: (): boolean => false,
    fault: full,
    writes: 0,
    count: (source: string): void => {
      faulty.writes += 1;
      if (faulty.fails(faulty.writes, source)) throw faulty.fault();
    },
  } as FaultyDatabase & { count(source: string): void };
  // The driver's own handle below Drizzle: statements that are prepared from now on pass through here.
  const { $client: client } = database.db as unknown as {
    $client: { prepare(source: string): Statement };
  };
  const prepare = client.prepare.bind(client);
  client.prepare = (source) => {
    const statement = prepare(source);
    if (statement.readonly) return statement;
    // `get` and `all` write, too, when the statement returns what it has written.
    for (const verb of ["run", "get", "all"] as const) {
      const execute = statement[verb].bind(statement);
      statement[verb] = (...values) => {
        faulty.count(source);
        return execute(...values);
      };
    }
    return statement;
  };
  return faulty;
};
