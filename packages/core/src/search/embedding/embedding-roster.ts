import { backoff } from "@steward/platform/retry";
import { type Embedder, EmbedderError } from "../embedder.ts";
import type { EmbedderSource } from "../embedder-source.ts";
import { EmbeddingLane, type LaneDeps, type LaneProblem } from "./embedding-lane.ts";
import {
  type EmbeddingModel,
  type EmbeddingModelState,
  type EmbeddingModels,
  embedderNameOf,
} from "./embedding-models.ts";
import type { VectorGatherer } from "./vector-gatherer.ts";

const DROP_ROWS = 200;
const PROBE = "steward";
const pauseFor = backoff({ baseMs: 2_000, maxMs: 300_000, jitter: 0.2 });

interface RosterDeps extends LaneDeps {
  models: EmbeddingModels;
  gatherer: VectorGatherer;
  source: EmbedderSource;
}

/** An embedder of whose vectors nobody knows the length yet. */
interface Newcomer {
  embedder: Embedder;
  failures: number;
  resumeAtMs: number;
  problem: LaneProblem | null;
}

/**
 * Which models there are, and how one takes over from another: it fills vectors of its own while searches go by the old
 * ones, becomes the active one when it has them all, and the old ones are dropped in small steps. Where the old ones cannot
 * be asked for any more, it takes over at once.
 */
export class EmbeddingRoster {
  /** As in the table; kept here because nobody else writes it. */
  known: EmbeddingModel[] = [];
  lanes: EmbeddingLane[] = [];
  newcomer: Newcomer | null = null;
  readonly #deps: RosterDeps;

  constructor(deps: RosterDeps) {
    this.#deps = deps;
  }

  /** @param hasVectors whether the vector extension is loaded */
  load(hasVectors: boolean): void {
    this.known = this.#deps.models.all();
    if (hasVectors) this.#deps.database.writeUnsynced(() => this.#deps.gatherer.prepare(this.known));
  }

  active(): EmbeddingModel | null {
    return this.known.find(({ state }) => state === "active") ?? null;
  }

  laneOf(model: EmbeddingModel): EmbeddingLane | null {
    return this.lanes.find((lane) => lane.model.id === model.id) ?? null;
  }

  /** From now on texts are embedded with this one. */
  adopt(embedder: Embedder): void {
    const isOf = (model: EmbeddingModel): boolean => embedderNameOf(model.name) === embedder.model;
    for (const model of this.known)
      if (model.state === "coming" && !isOf(model)) this.#become(model, "retired");
    const active = this.active();
    const coming = this.known.find(({ state }) => state === "coming") ?? null;
    if (active !== null) {
      const asked = isOf(active) ? embedder : this.#deps.source.named(embedderNameOf(active.name));
      if (asked !== null) this.#open(active, asked);
    }
    if (coming !== null) this.#open(coming, embedder);
    else if (active === null || !isOf(active)) this.anew(embedder);
    this.#takeOver();
  }

  /** Everything gets new vectors of this embedder, beside those there are. */
  anew(embedder: Embedder): void {
    for (const model of this.known) if (model.state === "coming") this.#become(model, "retired");
    this.newcomer = { embedder, failures: 0, resumeAtMs: Number.NEGATIVE_INFINITY, problem: null };
  }

  /** One piece of work. @returns whether there was any */
  async step(): Promise<boolean> {
    let worked = await this.#welcome();
    for (const lane of [...this.lanes]) worked = (await lane.step()) || worked;
    return this.#takeOver() || this.#dropRetired() || this.#gather() || worked;
  }

  /** Finds out how long the newcomer's vectors are, and gives it a place. */
  async #welcome(): Promise<boolean> {
    const { newcomer } = this;
    const { clock, database, log, models } = this.#deps;
    if (newcomer === null || clock.monotonicMs() < newcomer.resumeAtMs) return false;
    const { embedder } = newcomer;
    try {
      const [vector] = await embedder.embed([PROBE], "document");
      // Another one has been asked for meanwhile.
      if (this.newcomer !== newcomer || vector === undefined) return true;
      const model = database.writeUnsynced(() => models.register(embedder.model, vector.length, "coming"));
      log.info({ model: model.name, dims: model.dims }, "an embedding model is being filled");
      this.newcomer = null;
      this.known.push(model);
      this.#open(model, embedder);
    } catch (error) {
      if (!(error instanceof EmbedderError)) throw error;
      newcomer.failures += 1;
      newcomer.resumeAtMs = clock.monotonicMs() + pauseFor(newcomer.failures);
      if (newcomer.problem === null)
        log.warn({ model: embedder.model, reason: error.message }, "the embedder does not answer yet");
      newcomer.problem = { code: error.problem, message: error.message };
    }
    return true;
  }

  #takeOver(): boolean {
    const coming = this.lanes.find(({ model }) => model.state === "coming");
    if (coming === undefined) return false;
    if (coming.problem?.code === "wrong_dimension") {
      // Nothing is found by it yet, so nobody need be asked.
      this.anew(coming.embedder);
      return true;
    }
    const active = this.active();
    const activeLane = active && this.laneOf(active);
    const isAsked = activeLane !== null && activeLane.problem?.code !== "wrong_dimension";
    if (isAsked && !coming.isComplete()) return false;
    if (active !== null) this.#become(active, "retired");
    this.#become(coming.model, "active");
    this.#deps.log.info({ model: coming.model.name, from: active?.name }, "searches go by another model");
    return true;
  }

  #dropRetired(): boolean {
    const { database, models, queue, writer } = this.#deps;
    const retired = this.known.find(({ state }) => state === "retired");
    if (retired === undefined) return false;
    database.writeUnsynced(() => {
      if (writer.dropSome(retired.id, DROP_ROWS) + queue.clear(retired.id, DROP_ROWS) > 0) return;
      models.forget(retired.id);
      this.known = this.known.filter(({ id }) => id !== retired.id);
    });
    return true;
  }

  #gather(): boolean {
    const { database, gatherer } = this.#deps;
    return !gatherer.isDone() && database.writeUnsynced(() => gatherer.gatherSome(this.known));
  }

  #open(model: EmbeddingModel, embedder: Embedder): void {
    this.lanes.push(new EmbeddingLane(model, embedder, this.#deps));
  }

  #become(model: EmbeddingModel, state: EmbeddingModelState): void {
    this.#deps.database.writeUnsynced(() => this.#deps.models.setState(model.id, state));
    model.state = state;
    if (state === "retired") this.lanes = this.lanes.filter((lane) => lane.model.id !== model.id);
  }
}
