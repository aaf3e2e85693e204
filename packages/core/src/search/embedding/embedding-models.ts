import type { Clock } from "@steward/platform/clock";
import type { SearchedKind } from "@steward/schema/enums";
import { bitTablesOf, createBitTable } from "@steward/schema/search-tables";
import type { OpenDatabase } from "@steward/schema/sqlite";

/**
 * `active`: searches go by its vectors. `coming`: it gets its own, and then takes over. `retired`: its vectors are being
 * dropped.
 */
export type EmbeddingModelState = "active" | "coming" | "retired";

/** A set of vectors that can be compared with each other. */
export interface EmbeddingModel {
  id: number;
  /** The embedder's name, with `~2`, `~3` … behind it when everything was embedded anew with the same one. */
  name: string;
  dims: number;
  state: EmbeddingModelState;
}

/** Which embedder made the vectors of this name. */
export const embedderNameOf = (name: string): string => name.replace(/~\d+$/, "");

/** The table of models. All of it runs inside the transaction of whoever calls. */
export type EmbeddingModels = ReturnType<typeof createEmbeddingModels>;

export const createEmbeddingModels = (deps: {
  sqlite: OpenDatabase["sqlite"];
  clock: Pick<Clock, "now">;
}) => {
  const { sqlite, clock } = deps;
  const all = (): EmbeddingModel[] =>
    sqlite
      .prepare("SELECT id, name, dims, state FROM embedding_models ORDER BY id")
      .all() as EmbeddingModel[];
  const freeName = (embedder: string): string => {
    const taken = new Set(all().map(({ name }) => name));
    for (let n = 1; ; n += 1) {
      const name = n === 1 ? embedder : `${embedder}~${n}`;
      if (!taken.has(name)) return name;
    }
  };
  const behindNewest = (table: string): number =>
    (sqlite.prepare(`SELECT coalesce(max(id), 0) + 1 AS n FROM ${table}`).get() as { n: number }).n;

  return {
    all,
    /** A model without a vector; everything that is there now is still to be embedded. */
    register: (embedder: string, dims: number, state: EmbeddingModelState): EmbeddingModel => {
      const name = freeName(embedder);
      const { lastInsertRowid } = sqlite
        .prepare(
          `INSERT INTO embedding_models (name, dims, state, messages_through, memories_through, created_at)
           VALUES (?, ?, ?, ?, ?, ?)`,
        )
        .run(name, dims, state, behindNewest("chat_messages"), behindNewest("memories"), clock.now());
      const id = Number(lastInsertRowid);
      createBitTable(sqlite, id, dims);
      return { id, name, dims, state };
    },
    setState: (id: number, state: EmbeddingModelState): void => {
      sqlite.prepare("UPDATE embedding_models SET state = ? WHERE id = ?").run(state, id);
    },
    /** The oldest row that it was seen to that it is embedded; 0 = all were. The newest come first. */
    mark: (id: number, kind: SearchedKind): number =>
      (
        sqlite.prepare(`SELECT ${MARKS[kind]} AS mark FROM embedding_models WHERE id = ?`).get(id) as
          | { mark: number }
          | undefined
      )?.mark ?? 0,
    setMark: (id: number, kind: SearchedKind, mark: number): void => {
      sqlite.prepare(`UPDATE embedding_models SET ${MARKS[kind]} = ? WHERE id = ?`).run(mark, id);
    },
    /** Ends a model of which no vector is left. */
    forget: (id: number): void => {
      for (const table of bitTablesOf(sqlite, id)) sqlite.exec(`DROP TABLE ${table}`);
      sqlite.prepare("DELETE FROM embedding_models WHERE id = ?").run(id);
    },
  };
};

const MARKS = { message: "messages_through", memory: "memories_through" } as const satisfies Record<
  SearchedKind,
  string
>;
