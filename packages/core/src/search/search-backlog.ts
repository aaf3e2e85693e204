import type { SearchedKind } from "@steward/schema/enums";
import type { OpenDatabase } from "@steward/schema/sqlite";

export interface QueuedRow {
  kind: SearchedKind;
  ref: number;
  revision: number;
}

const NUDGE = "steward_search_queued";
const TABLES = { message: "chat_messages", memory: "memories" } as const satisfies Record<
  SearchedKind,
  string
>;

/**
 * What is to be indexed: the rows that triggers have queued, and, while everything is made anew, all older ones behind a
 * mark that goes down with each batch (so that a restart goes on where it was).
 */
export const createSearchBacklog = (sqlite: OpenDatabase["sqlite"]) => {
  const state = (name: string): string | null => {
    const row = sqlite.prepare("SELECT value FROM search_state WHERE name = ?").get(name);
    return (row as { value: string } | undefined)?.value ?? null;
  };
  const setState = (name: string, value: string): void => {
    sqlite
      .prepare(
        "INSERT INTO search_state (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      )
      .run(name, value);
  };
  const mark = (kind: SearchedKind): number => Number(state(`${kind}s_below`) ?? 0);
  const count = (query: string, ...values: unknown[]): number =>
    (sqlite.prepare(query).get(...values) as { n: number }).n;

  return {
    layout: () => state("layout"),
    setLayout: (layout: string) => setState("layout", layout),
    /** The newest first, since they are looked for first; within a batch in order, as full text takes them best. */
    newest: (limit: number): QueuedRow[] => {
      const of = (kind: SearchedKind, most: number) =>
        sqlite
          .prepare("SELECT kind, ref, revision FROM search_queue WHERE kind = ? ORDER BY ref DESC LIMIT ?")
          .all(kind, most) as QueuedRow[];
      const memories = of("memory", limit);
      return [...memories, ...of("message", limit - memories.length)].reverse();
    },
    /** Takes a row off, unless it has changed since. */
    take: (kind: SearchedKind, ref: number, revision: number): void => {
      sqlite
        .prepare("DELETE FROM search_queue WHERE kind = ? AND ref = ? AND revision = ?")
        .run(kind, ref, revision);
    },
    /** Every row there is now is to be indexed again. */
    beginAnew: (): void => {
      for (const [kind, table] of Object.entries(TABLES)) {
        setState(`${kind}s_below`, String(count(`SELECT coalesce(max(id), 0) + 1 AS n FROM ${table}`)));
      }
    },
    takeOld: (limit: number): Omit<QueuedRow, "revision">[] => {
      for (const kind of ["memory", "message"] as const) {
        const below = mark(kind);
        if (below === 0) continue;
        const rows = sqlite
          .prepare(`SELECT id AS ref FROM ${TABLES[kind]} WHERE id < ? ORDER BY id DESC LIMIT ?`)
          .all(below, limit) as { ref: number }[];
        const last = rows.at(-1);
        setState(`${kind}s_below`, String(last && rows.length === limit ? last.ref : 0));
        if (rows.length > 0) return rows.map(({ ref }) => ({ kind, ref })).reverse();
      }
      return [];
    },
    waiting: (): number => {
      const old = (["memory", "message"] as const).reduce(
        (sum, kind) => sum + count(`SELECT count(*) AS n FROM ${TABLES[kind]} WHERE id < ?`, mark(kind)),
        0,
      );
      return old + count("SELECT count(*) AS n FROM search_queue");
    },
    /** Calls `listener` for each row that this connection queues, in the middle of its transaction. */
    onQueued: (listener: () => void): void => {
      sqlite.function(NUDGE, () => {
        listener();
        return null;
      });
      for (const event of ["INSERT", "UPDATE"]) {
        sqlite.exec(
          `CREATE TEMP TRIGGER IF NOT EXISTS search_queued_${event} AFTER ${event} ON main.search_queue
           BEGIN SELECT ${NUDGE}(); END`,
        );
      }
    },
  };
};
