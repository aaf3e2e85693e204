import type Sqlite from "better-sqlite3";

/** The queries of a turn are about sixty; what a page of history or a report adds may come and go. */
const KEPT = 120;
/** Lists of ids make texts of every length, each used once. */
const LONGEST_SOURCE = 2_000;

/**
 * Keeps compiled statements by their text: a query builder asks for the same ones again and again, and to compile one
 * takes longer than to run it. What is handed out answers rows as objects, as a new one does.
 */
export const keepStatements = (sqlite: Sqlite.Database, kept = KEPT): void => {
  const prepare = sqlite.prepare.bind(sqlite) as (source: string) => Sqlite.Statement;
  const statements = new Map<string, Sqlite.Statement>();
  const prepareKept = (source: string): Sqlite.Statement => {
    const known = statements.get(source);
    // One whose rows are still being read must not be begun anew.
    if (known === undefined || known.busy) {
      const statement = prepare(source);
      if (source.length > LONGEST_SOURCE) return statement;
      statements.set(source, statement);
      for (const oldest of statements.keys()) {
        if (statements.size <= kept) break;
        statements.delete(oldest);
      }
      return statement;
    }
    statements.delete(source);
    statements.set(source, known);
    return known.reader ? known.raw(false).pluck(false).expand(false) : known;
  };
  sqlite.prepare = prepareKept as Sqlite.Database["prepare"];
};
