import type { Clock } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import { backoff } from "@steward/platform/retry";
import type { OpenDatabase } from "@steward/schema/sqlite";
import { type Embedder, EmbedderError, type EmbedderProblem } from "../embedder.ts";
import { CHUNK_LIMITS } from "./chunk-text.ts";
import { readEmbeddedRow } from "./embedded-rows.ts";
import type { EmbeddingModel } from "./embedding-models.ts";
import type { EmbeddingQueue, WaitingRow } from "./embedding-queue.ts";
import { type PreparedRow, prepareBatch } from "./prepare-batch.ts";
import { type StoredVector, toStored, type VectorWriter } from "./vector-writer.ts";

export interface LaneProblem {
  /** `wrong_dimension`: its vectors have another length than those there are; everything has to be embedded anew. */
  code: EmbedderProblem | "wrong_dimension";
  message: string;
}

export interface LaneDeps {
  database: OpenDatabase;
  queue: EmbeddingQueue;
  writer: VectorWriter;
  clock: Clock;
  log: Logger;
}

class WrongDimensionError extends Error {}

const MOST_TEXTS = 32;
/** Numbers in one answer: to read more at once would hold up the event loop. */
const MOST_NUMBERS = MOST_TEXTS * 768;
/** Older rows are taken into the queue a handful at a time. */
const FILL_UP_BELOW = 64;
const FILL_UP_ROWS = 128;
/** Pieces that are too long for the model are halved, down to this. */
const SMALLEST_CHUNK_CHARS = 75;
/** After so many rows that failed one after the other, each alone, it is looked whether anything at all works. */
const SUSPICIOUS = 3;
const HARMLESS = "steward";

const pauseFor = backoff({ baseMs: 2_000, maxMs: 300_000, jitter: 0.2 });
const rowPauseFor = backoff({ baseMs: 10_000, maxMs: 21_600_000, jitter: 0 });

/** Gives rows their vectors of one model, batch by batch. What fails waits, and holds up nothing else. */
export class EmbeddingLane {
  readonly model: EmbeddingModel;
  readonly embedder: Embedder;
  /** Why nothing goes on at the moment. */
  problem: LaneProblem | null = null;
  /** Monotonic ms; nothing is tried before. */
  resumeAtMs = Number.NEGATIVE_INFINITY;
  readonly #deps: LaneDeps;
  /** Of the next batch: fewer after one that failed, until the row that it failed for is alone. */
  #batchTexts = MOST_TEXTS;
  #failures = 0;
  #suspects: WaitingRow[] = [];
  readonly #chunkChars = new Map<string, number>();

  constructor(model: EmbeddingModel, embedder: Embedder, deps: LaneDeps) {
    this.model = model;
    this.embedder = embedder;
    this.#deps = deps;
  }

  /** Embeds a batch. @returns whether there was anything to do */
  async step(): Promise<boolean> {
    const { clock, queue } = this.#deps;
    if (clock.monotonicMs() < this.resumeAtMs) return false;
    const batch = this.#nextBatch();
    if (batch.length === 0) return queue.hasUntried(this.model.id) || this.#fillUp() > 0;
    try {
      const vectors = await this.#embed(batch);
      this.#write(batch, vectors);
      this.#succeeded(batch);
    } catch (error) {
      await this.#failed(batch, error);
    }
    return true;
  }

  /** Whether everything has its vectors, but for what cannot be embedded at all. */
  isComplete(): boolean {
    const { queue } = this.#deps;
    return !queue.hasUntried(this.model.id) && this.#fillUp() === 0;
  }

  #nextBatch(): PreparedRow[] {
    const { database, queue, writer, clock } = this.#deps;
    return database.writeUnsynced(() => {
      if (queue.count(this.model.id) < FILL_UP_BELOW) queue.fillUp(this.model.id, FILL_UP_ROWS);
      else queue.passKnown(this.model.id, FILL_UP_ROWS);
      return prepareBatch(
        { sqlite: database.sqlite, queue, writer, now: clock.now() },
        this.model.id,
        Math.min(this.#batchTexts, this.#mostTexts()),
        (row) => this.#chunkChars.get(keyOf(row)),
      );
    });
  }

  #fillUp(): number {
    const { database, queue } = this.#deps;
    return database.writeUnsynced(() => queue.fillUp(this.model.id, FILL_UP_ROWS));
  }

  #mostTexts(): number {
    return Math.max(1, Math.min(MOST_TEXTS, Math.floor(MOST_NUMBERS / this.model.dims)));
  }

  /** @returns the vectors of each row */
  async #embed(batch: readonly PreparedRow[]): Promise<StoredVector[][]> {
    const texts = batch.flatMap((row) => row.texts);
    // Some versions of Ollama hold all texts of a request together against the length that the model takes.
    const atOnce = Math.min(this.#batchTexts, this.#mostTexts());
    const stored: StoredVector[] = [];
    for (let from = 0; from < texts.length; from += atOnce) {
      const vectors = await this.embedder.embed(texts.slice(from, from + atOnce), "document");
      for (const vector of vectors) {
        if (vector.length !== this.model.dims) {
          throw new WrongDimensionError(`${vector.length} numbers in place of ${this.model.dims}`);
        }
        stored.push(toStored(vector));
      }
    }
    return batch.map((row) => stored.splice(0, row.texts.length));
  }

  #write(batch: readonly PreparedRow[], vectors: readonly StoredVector[][]): void {
    const { database, queue, writer } = this.#deps;
    const model = this.model.id;
    database.writeUnsynced(() => {
      batch.forEach(({ kind, ref, row }, i) => {
        const now = readEmbeddedRow(database.sqlite, kind, ref);
        // Changed or gone meanwhile: the vectors are of what it does not say any more.
        if (now === null || now.text !== row.text || !queue.has(model, kind, ref)) return;
        writer.replace(model, kind, ref, now, vectors[i] ?? []);
        queue.remove(model, kind, ref);
      });
    });
  }

  #succeeded(batch: readonly PreparedRow[]): void {
    if (this.problem !== null) this.#deps.log.info({ model: this.model.name }, "embedding goes on");
    this.problem = null;
    this.#failures = 0;
    this.#suspects = [];
    this.#batchTexts = Math.min(MOST_TEXTS, this.#batchTexts * 2);
    for (const row of batch) this.#chunkChars.delete(keyOf(row));
  }

  async #failed(batch: readonly PreparedRow[], thrown: unknown): Promise<void> {
    const problem = problemOf(thrown);
    const [first] = batch;
    if (problem.code === "unavailable" || problem.code === "wrong_dimension" || first === undefined) {
      return this.#pause(problem);
    }
    if (this.#batchTexts > 1) {
      this.#batchTexts = batch.length === 1 ? 1 : Math.max(1, Math.floor(this.#batchTexts / 4));
      return;
    }
    if (problem.code === "too_long" && this.#cutSmaller(first)) return;
    this.#blame(first, problem.message);
    this.#suspects.push(first);
    if (this.#suspects.length >= SUSPICIOUS) await this.#tryAnythingElse();
  }

  #cutSmaller(row: PreparedRow): boolean {
    const chars = Math.floor((this.#chunkChars.get(keyOf(row)) ?? CHUNK_LIMITS.maxChars) / 2);
    if (chars < SMALLEST_CHUNK_CHARS) return false;
    this.#chunkChars.set(keyOf(row), chars);
    return true;
  }

  #blame({ kind, ref, attempts }: WaitingRow, problem: string): void {
    const { database, queue, clock, log } = this.#deps;
    log.warn({ kind, ref, problem, model: this.model.name }, "a text could not be embedded");
    const tries = attempts + 1;
    const retryAt = clock.now() + rowPauseFor(tries);
    database.writeUnsynced(() =>
      queue.blame(this.model.id, { kind, ref, attempts: tries, retryAt, problem }),
    );
  }

  /** Several failed: their own fault, or everybody's? */
  async #tryAnythingElse(): Promise<void> {
    const { database, queue } = this.#deps;
    const suspects = this.#suspects;
    this.#suspects = [];
    try {
      const [vector] = await this.embedder.embed([HARMLESS], "document");
      if (vector?.length !== this.model.dims) throw new WrongDimensionError("a text of one word");
    } catch (error) {
      database.writeUnsynced(() => {
        for (const { kind, ref } of suspects) {
          if (queue.has(this.model.id, kind, ref)) queue.add(this.model.id, kind, ref);
        }
      });
      this.#pause(problemOf(error));
    }
  }

  #pause(problem: LaneProblem): void {
    const { clock, log } = this.#deps;
    this.#failures += 1;
    const pauseMs = pauseFor(this.#failures);
    this.resumeAtMs = clock.monotonicMs() + pauseMs;
    if (this.problem?.code !== problem.code) {
      log.warn({ model: this.model.name, ...problem, pauseMs }, "embedding waits");
    }
    this.problem = problem;
  }
}

const keyOf = ({ kind, ref }: WaitingRow): string => `${kind} ${ref}`;

/** Rethrows what no embedder says. */
function problemOf(thrown: unknown): LaneProblem {
  if (thrown instanceof EmbedderError) return { code: thrown.problem, message: thrown.message };
  if (thrown instanceof WrongDimensionError) return { code: "wrong_dimension", message: thrown.message };
  // What has no direction cannot be stored.
  if (thrown instanceof RangeError) return { code: "bad_answer", message: thrown.message };
  throw thrown;
}
