import { setImmediate as turnOfTheLoop } from "node:timers/promises";
import type { Clock, Timer } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import type { SearchedKind } from "@steward/schema/enums";
import { createSearchTables } from "@steward/schema/search-tables";
import type { OpenDatabase } from "@steward/schema/sqlite";
import { createTextIndex, dropTextTables } from "@steward/schema/text-index";
import { type CheckpointThread, createCheckpointsAside } from "./checkpoints-aside.ts";
import { createRowIndexer } from "./row-indexer.ts";
import { createSearchBacklog } from "./search-backlog.ts";

/** Whoever embeds: told of each row that is new or has changed, in the transaction that
 * indexes it. Its earlier vectors are gone by then, and so is everything of a row that is gone. */
export type ToEmbed = (kind: SearchedKind, ref: number) => void;

/** Brings the full-text tables after the rows, beside everything else that the service does. */
export interface SearchIndexer {
  /** Makes the tables, takes up what is behind, and from then on what is written. */
  start(): void;
  /** Resolves when everything written so far is indexed; rejects with what the database says when it cannot be written. */
  flush(): Promise<void>;
  /** Indexes what was just written, so that a search finds it; never more than a moment's work. Does not throw. */
  catchUp(): void;
  /** Rows that wait, for whoever shows how far it has come. */
  waiting(): number;
  stop(): void;
}

/** Bump it when what stands in the text tables has to be made anew: it is, in the background, newest first. */
const SEARCH_LAYOUT = "1";
/** A batch holds up the event loop. It is made as large as fits into so much time. */
const BATCH_MS = 4;
const FIRST_BATCH = 16;
const LARGEST_BATCH = 256;
const CATCH_UP_ROWS = 32;
/**
 * What is written together is indexed together, and not while a person waits to see that it has arrived. Nobody waits for
 * this: a search first indexes what is behind.
 */
const SOON_MS = 500;
const RETRY_MS = 5_000;

export const createSearchIndexer = (deps: {
  database: OpenDatabase;
  /** Whether the vector extension is loaded into this connection. */
  hasVectors: () => boolean;
  toEmbed: ToEmbed;
  clock: Clock;
  log: Logger;
  layout?: string;
  /** For the database's log, while very much is to be indexed. */
  startCheckpoints?: (() => CheckpointThread) | undefined;
}): SearchIndexer => {
  const { database, clock, log } = deps;
  const { sqlite } = database;
  const backlog = createSearchBacklog(sqlite);
  const text = createTextIndex(sqlite);
  const rows = createRowIndexer({ sqlite, text, hasVectors: deps.hasVectors, toEmbed: deps.toEmbed });
  const checkpoints = createCheckpointsAside(database, deps.startCheckpoints, log);
  let batchSize = FIRST_BATCH;
  let started = false;
  let timer: Timer | null = null;
  let draining: Promise<void> | null = null;

  /** One batch, one commit. Not synced: what a loss of power takes away, it takes from the queue's side as well. */
  const step = (size: number): number =>
    database.writeUnsynced(() => {
      const queued = backlog.newest(size);
      for (const { kind, ref, revision } of queued) {
        rows.index(kind, ref);
        backlog.take(kind, ref, revision);
      }
      if (queued.length > 0) {
        text.tend();
        return queued.length;
      }
      const old = backlog.takeOld(size);
      for (const { kind, ref } of old) rows.indexText(kind, ref);
      if (old.length > 0) text.tend();
      return old.length;
    });
  const drain = async (): Promise<void> => {
    for (let startedMs = clock.monotonicMs(); started; startedMs = clock.monotonicMs()) {
      const done = step(batchSize);
      if (done === 0) return;
      const tookMs = clock.monotonicMs() - startedMs;
      if (tookMs > BATCH_MS) batchSize = Math.max(1, Math.floor((batchSize * BATCH_MS) / tookMs));
      else if (done === batchSize) batchSize = Math.min(LARGEST_BATCH, batchSize + 8);
      await checkpoints.written(done);
      await turnOfTheLoop();
    }
  };
  const drainWhole = async (): Promise<void> => {
    try {
      await drain();
    } finally {
      await checkpoints.end();
    }
  };
  const flush = (): Promise<void> => {
    draining ??= drainWhole().finally(() => {
      draining = null;
    });
    return draining;
  };
  const later = (ms: number): void => {
    timer ??= clock.setTimer(
      ms,
      () => {
        timer = null;
        flush().catch((error: unknown) => {
          log.warn({ err: error, retryInMs: RETRY_MS }, "the search index could not be written");
          if (started) later(RETRY_MS);
        });
      },
      { unref: true },
    );
  };

  return {
    start: () => {
      database.write(() => {
        createSearchTables(sqlite);
        const known = backlog.layout();
        const layout = deps.layout ?? SEARCH_LAYOUT;
        if (known === layout) return;
        // The migration has left every row of before to be indexed; a later layout finds the queue empty.
        if (known !== null) {
          dropTextTables(sqlite);
          createSearchTables(sqlite);
          backlog.beginAnew();
          log.info({ from: known, to: layout }, "the search index is made anew");
        }
        backlog.setLayout(layout);
      });
      started = true;
      backlog.onQueued(() => {
        if (started) later(SOON_MS);
      });
      if (backlog.waiting() > 0) later(SOON_MS);
    },
    flush: async () => {
      // One that runs may have looked at the queue before the last row came.
      await draining?.catch(() => undefined);
      await flush();
    },
    catchUp: () => {
      try {
        if (started) step(CATCH_UP_ROWS);
      } catch (error) {
        log.warn({ err: error }, "the search index could not be written before a search");
        later(RETRY_MS);
      }
    },
    waiting: () => backlog.waiting(),
    stop: () => {
      started = false;
      timer?.cancel();
      timer = null;
    },
  };
};
