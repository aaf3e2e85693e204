import { DomainError } from "@steward/contract/errors";
import type { Clock } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import type { SearchedKind } from "@steward/schema/enums";
import { createSearchTables } from "@steward/schema/search-tables";
import type { OpenDatabase } from "@steward/schema/sqlite";
import { storageFaultOf } from "@steward/schema/storage-fault";
import { type Embedder, EmbedderError } from "../embedder.ts";
import type { EmbedderSource } from "../embedder-source.ts";
import {
  createEmbeddingModels,
  type EmbeddingModelState,
  type EmbeddingModels,
  embedderNameOf,
} from "./embedding-models.ts";
import { createEmbeddingQueue, type EmbeddingQueue } from "./embedding-queue.ts";
import { EmbeddingRoster } from "./embedding-roster.ts";
import { describeProgress, type EmbeddingStatus, type ModelProgress } from "./embedding-status.ts";
import { createVectorGatherer } from "./vector-gatherer.ts";
import { createVectorWriter } from "./vector-writer.ts";

/** Between two batches everything else has its turn. */
const BREATH_MS = 20;
/** Nobody embeds: it is looked again after so long. */
const LOOK_AGAIN_MS = 300_000;
const LONGEST_WAIT_MS = 60_000;
const STORAGE_RETRY_MS = 5_000;

export interface EmbeddingPipelineDeps {
  database: OpenDatabase;
  source: EmbedderSource;
  /** Why the database's connection cannot store vectors, or null. */
  vectorProblem: () => string | null;
  clock: Clock;
  log: Logger;
}

/** Gives what was said and what is remembered its vectors, beside everything else. No turn waits for it. */
export class EmbeddingPipeline {
  readonly #deps: EmbeddingPipelineDeps;
  readonly #models: EmbeddingModels;
  readonly #queue: EmbeddingQueue;
  readonly #roster: EmbeddingRoster;
  #embedder: Embedder | null = null;
  #running: Promise<void> = Promise.resolve();
  #wake = new AbortController();
  readonly #stopping = new AbortController();

  constructor(deps: EmbeddingPipelineDeps) {
    this.#deps = deps;
    const { sqlite } = deps.database;
    this.#models = createEmbeddingModels({ sqlite, clock: deps.clock });
    this.#queue = createEmbeddingQueue({ sqlite, models: this.#models });
    const writer = createVectorWriter({ sqlite });
    const gatherer = createVectorGatherer({ sqlite });
    this.#roster = new EmbeddingRoster({
      ...{ ...deps, models: this.#models, queue: this.#queue },
      ...{ writer, gatherer },
    });
  }

  /** Begins in the background: nothing waits for it. */
  start(): void {
    const { database, log, source } = this.#deps;
    database.writeUnsynced(() => createSearchTables(database.sqlite));
    this.#roster.load(this.#deps.vectorProblem() === null);
    if (source.choice === "off") return;
    this.#running = this.#run().catch((error: unknown) => {
      log.error({ err: error }, "embedding has ended by mistake");
    });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#deps.source.close();
    await this.#running;
  }

  /** To be called for each row that is new or has changed, in the transaction that takes away its old vectors. */
  readonly toEmbed = (kind: SearchedKind, ref: number): void => {
    const wanted = this.#roster.known.filter(({ state }) => state !== "retired");
    for (const { id } of wanted) this.#queue.add(id, kind, ref);
    if (wanted.length > 0) this.#wake.abort();
  };

  /** What questions are embedded with, by the name of the vectors that they can be compared with; null = there are none. */
  readonly embedder = (): Embedder | null => {
    const model = this.#roster.active();
    const lane = model && this.#roster.laneOf(model);
    if (model === null || lane === null) return null;
    return {
      model: model.name,
      dims: model.dims,
      embed: async (texts, task, signal) => {
        const vectors = await lane.embedder.embed(texts, task, signal);
        if (vectors.every(({ length }) => length === model.dims)) return vectors;
        throw new EmbedderError("bad_answer", `its vectors are not ${model.dims} numbers long any more`);
      },
    };
  };

  /**
   * Everything gets new vectors; searches go by the old ones until these are there.
   *
   * @throws DomainError no_embedder
   */
  reindex(): EmbeddingStatus {
    if (this.#embedder === null) {
      const detail = "There is no embedding model: set one up (`steward doctor` says how), then try again";
      throw new DomainError("no_embedder", detail);
    }
    this.#roster.anew(this.#embedder);
    this.#wake.abort();
    return this.status();
  }

  status(): EmbeddingStatus {
    const progress = (state: EmbeddingModelState): ModelProgress | null => {
      const model = this.#roster.known.find((known) => known.state === state);
      if (model === undefined) return null;
      const tables = { sqlite: this.#deps.database.sqlite, models: this.#models, queue: this.#queue };
      return describeProgress(tables, model, this.#roster.laneOf(model));
    };
    return {
      choice: this.#deps.source.choice,
      embedder: this.#embedder?.model ?? null,
      problem: this.#roster.newcomer?.problem ?? null,
      vectorsProblem: this.#deps.vectorProblem(),
      active: progress("active"),
      coming: progress("coming"),
    };
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#wait(await this.#once());
      } catch (error) {
        if (storageFaultOf(error) === null) throw error;
        this.#deps.log.warn({ err: error }, "vectors cannot be written now");
        await this.#wait(STORAGE_RETRY_MS);
      }
    }
  }

  /** @returns how long there is nothing to do, in ms */
  async #once(): Promise<number> {
    if (this.#embedder === null) {
      const active = this.#roster.active();
      const found = await this.#deps.source.find(active && embedderNameOf(active.name));
      if (found === null || this.#deps.vectorProblem() !== null) return LOOK_AGAIN_MS;
      this.#embedder = found;
      this.#roster.adopt(found);
    }
    return (await this.#roster.step()) ? BREATH_MS : this.#untilNext();
  }

  #untilNext(): number {
    const { clock } = this.#deps;
    const waits = this.#roster.lanes.map(({ model, resumeAtMs }) => {
      const retryAt = this.#queue.nextRetryAt(model.id);
      const rowsMs = retryAt === null ? LONGEST_WAIT_MS : retryAt - clock.now();
      return Math.max(rowsMs, resumeAtMs - clock.monotonicMs());
    });
    const { newcomer } = this.#roster;
    if (newcomer !== null) waits.push(newcomer.resumeAtMs - clock.monotonicMs());
    return Math.min(LONGEST_WAIT_MS, Math.max(BREATH_MS, Math.min(...waits)));
  }

  /** A breath is taken whatever comes meanwhile; who was woken while it worked looks again. */
  async #wait(ms: number): Promise<void> {
    const wasWoken = this.#wake.signal.aborted;
    if (wasWoken) this.#wake = new AbortController();
    const isBreath = wasWoken || ms <= BREATH_MS;
    const signal = isBreath
      ? this.#stopping.signal
      : AbortSignal.any([this.#wake.signal, this.#stopping.signal]);
    await this.#deps.clock.sleep(isBreath ? BREATH_MS : ms, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}
