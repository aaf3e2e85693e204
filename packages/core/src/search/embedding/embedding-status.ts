import type { OpenDatabase } from "@steward/schema/sqlite";
import type { EmbedderSource } from "../embedder-source.ts";
import type { EmbeddingLane, LaneProblem } from "./embedding-lane.ts";
import { type EmbeddingModel, type EmbeddingModels, embedderNameOf } from "./embedding-models.ts";
import type { EmbeddingQueue, FailingRow } from "./embedding-queue.ts";

export interface ModelProgress {
  model: string;
  dims: number;
  /** Messages and memories that have their vectors; while older ones are being worked through an estimate. */
  done: number;
  total: number;
  problem: LaneProblem | null;
  /** Rows that could not be embedded although others could; the first of them. They are tried again. */
  failing: { count: number; first: FailingRow[] };
}

export interface EmbeddingStatus {
  choice: EmbedderSource["choice"];
  /** The embedder in use; null = none is set up, or found. */
  embedder: string | null;
  /** Why nothing can be embedded at all: no embedder answers yet, or vectors cannot be stored. */
  problem: LaneProblem | null;
  vectorsProblem: string | null;
  /** What searches go by. */
  active: ModelProgress | null;
  /** What takes over when it is complete. */
  coming: ModelProgress | null;
}

const SHOWN_ROWS = 20;

/** How far a model has come. The counts are of rows, not of pieces. */
export const describeProgress = (
  deps: { sqlite: OpenDatabase["sqlite"]; models: EmbeddingModels; queue: EmbeddingQueue },
  model: EmbeddingModel,
  lane: EmbeddingLane | null,
): ModelProgress => {
  const { sqlite, models, queue } = deps;
  const behindMark = (["message", "memory"] as const).map((kind) => {
    const { total, newest } = sqlite
      .prepare(
        `SELECT (SELECT count(*) FROM ${kind === "message" ? "chat_messages" : "memories"}) AS total,
         (SELECT coalesce(max(id), 0) FROM ${kind === "message" ? "chat_messages" : "memories"}) AS newest`,
      )
      .get() as { total: number; newest: number };
    const mark = models.mark(model.id, kind);
    // To count what lies behind the mark would read all of it: the ids stand for the rows.
    const left = newest === 0 ? 0 : Math.round((total * Math.max(0, mark - 1)) / newest);
    return { total, left: Math.min(left, total) };
  });
  const total = behindMark.reduce((sum, kind) => sum + kind.total, 0);
  // What has just changed, and was not handed on yet, lies in the indexer's queue.
  const { n: unseen } = sqlite.prepare("SELECT count(*) AS n FROM search_queue").get() as { n: number };
  const left = behindMark.reduce((sum, kind) => sum + kind.left, 0) + queue.count(model.id) + unseen;
  return {
    model: embedderNameOf(model.name),
    dims: model.dims,
    done: Math.max(0, total - left),
    total,
    problem: lane?.problem ?? null,
    failing: { count: queue.countFailing(model.id), first: queue.failing(model.id, SHOWN_ROWS) },
  };
};
