import type { SearchedKind } from "@steward/schema/enums";
import type { OpenDatabase } from "@steward/schema/sqlite";
import type { EmbeddingModels } from "./embedding-models.ts";

export interface WaitingRow {
  kind: SearchedKind;
  ref: number;
  /** How often it could not be embedded although others could. */
  attempts: number;
}

export interface FailingRow extends WaitingRow {
  problem: string;
  /** UTC ms of the next try. */
  retryAt: number;
}

/** What has no vector of a model yet. All of it runs inside the transaction of whoever calls. */
export type EmbeddingQueue = ReturnType<typeof createEmbeddingQueue>;

const TABLES = { message: "chat_messages", memory: "memories" } as const satisfies Record<
  SearchedKind,
  string
>;
/** Memories first: they are few, and looked for at every turn. */
const KINDS = ["memory", "message"] as const satisfies SearchedKind[];
const KEY = "model = @model AND kind = @kind AND ref = @ref";

export const createEmbeddingQueue = (deps: { sqlite: OpenDatabase["sqlite"]; models: EmbeddingModels }) => {
  const { sqlite, models } = deps;
  const number = (query: string, values: Record<string, unknown>): number | null =>
    (sqlite.prepare(query).get(values) as { n: number | null }).n;

  /** The newest rows that it was not seen to yet, and whether they wait or have their vectors all the same. */
  const behindMark = (
    model: number,
    kind: SearchedKind,
    limit: number,
  ): { ref: number; isKnown: 0 | 1 }[] => {
    const mark = models.mark(model, kind);
    if (mark === 0) return [];
    return sqlite
      .prepare(
        `SELECT m.id AS ref, EXISTS (SELECT 1 FROM ${kind}_vectors WHERE ${kind}_id = m.id AND model = @model)
           OR EXISTS (SELECT 1 FROM embedding_queue WHERE model = @model AND kind = @kind AND ref = m.id) AS isKnown
         FROM ${TABLES[kind]} m WHERE m.id < @mark ORDER BY m.id DESC LIMIT @limit`,
      )
      .all({ model, kind, mark, limit }) as { ref: number; isKnown: 0 | 1 }[];
  };

  return {
    /** A row that is new or has changed: as if it had never been tried. */
    add: (model: number, kind: SearchedKind, ref: number): void => {
      sqlite
        .prepare(
          `INSERT INTO embedding_queue (model, kind, ref) VALUES (@model, @kind, @ref)
           ON CONFLICT DO UPDATE SET attempts = 0, retry_at = 0, problem = NULL`,
        )
        .run({ model, kind, ref });
    },
    /** What may be tried now, memories first, then the newest. */
    ready: (model: number, limit: number, now: number): WaitingRow[] => {
      const rows: WaitingRow[] = [];
      for (const kind of KINDS) {
        if (rows.length >= limit) break;
        const more = sqlite
          .prepare(
            `SELECT kind, ref, attempts FROM embedding_queue WHERE model = @model AND kind = @kind AND retry_at <= @now
             ORDER BY ref DESC LIMIT @limit`,
          )
          .all({ model, kind, now, limit: limit - rows.length });
        rows.push(...(more as WaitingRow[]));
      }
      return rows;
    },
    has: (model: number, kind: SearchedKind, ref: number): boolean =>
      sqlite.prepare(`SELECT 1 FROM embedding_queue WHERE ${KEY}`).get({ model, kind, ref }) !== undefined,
    remove: (model: number, kind: SearchedKind, ref: number): void => {
      sqlite.prepare(`DELETE FROM embedding_queue WHERE ${KEY}`).run({ model, kind, ref });
    },
    /** It could not be embedded, for a reason of its own. */
    blame: (model: number, row: FailingRow): void => {
      sqlite
        .prepare(
          `UPDATE embedding_queue SET attempts = @attempts, retry_at = @retryAt, problem = @problem WHERE ${KEY}`,
        )
        .run({ model, ...row });
    },
    /** Takes in older rows from behind the mark. @returns how many it has looked at; 0 = there are no more */
    fillUp: (model: number, limit: number): number => {
      for (const kind of KINDS) {
        const rows = behindMark(model, kind, limit);
        for (const { ref, isKnown } of rows) {
          if (isKnown === 0)
            sqlite
              .prepare("INSERT INTO embedding_queue (model, kind, ref) VALUES (?, ?, ?)")
              .run(model, kind, ref);
        }
        if (models.mark(model, kind) !== 0) models.setMark(model, kind, rows.at(-1)?.ref ?? 0);
        if (rows.length > 0) return rows.length;
      }
      return 0;
    },
    /** Moves the mark over rows that wait already, or are done: what was handed on meanwhile. */
    passKnown: (model: number, limit: number): void => {
      for (const kind of KINDS) {
        const rows = behindMark(model, kind, limit);
        const stop = rows.findIndex(({ isKnown }) => isKnown === 0);
        const last = (stop === -1 ? rows : rows.slice(0, stop)).at(-1);
        if (last !== undefined) models.setMark(model, kind, last.ref);
      }
    },
    count: (model: number): number =>
      number("SELECT count(*) AS n FROM embedding_queue WHERE model = @model", { model }) ?? 0,
    /** Whether there is anything that was not tried in vain. */
    hasUntried: (model: number): boolean =>
      sqlite.prepare("SELECT 1 FROM embedding_queue WHERE model = @model AND problem IS NULL LIMIT 1").get({
        model,
      }) !== undefined,
    /** UTC ms of the next try of what has failed; null = nothing has. */
    nextRetryAt: (model: number): number | null =>
      number("SELECT min(retry_at) AS n FROM embedding_queue WHERE model = @model", { model }),
    failing: (model: number, limit: number): FailingRow[] =>
      sqlite
        .prepare(
          `SELECT kind, ref, attempts, retry_at AS retryAt, problem FROM embedding_queue
           WHERE model = @model AND problem IS NOT NULL ORDER BY kind, ref DESC LIMIT @limit`,
        )
        .all({ model, limit }) as FailingRow[],
    countFailing: (model: number): number =>
      number("SELECT count(*) AS n FROM embedding_queue WHERE model = @model AND problem IS NOT NULL", {
        model,
      }) ?? 0,
    clear: (model: number, limit: number): number =>
      sqlite
        .prepare(
          `DELETE FROM embedding_queue WHERE model = @model AND (kind, ref) IN
           (SELECT kind, ref FROM embedding_queue WHERE model = @model LIMIT @limit)`,
        )
        .run({ model, limit }).changes,
  };
};
