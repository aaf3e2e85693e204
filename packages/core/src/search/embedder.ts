/** What a text is embedded for: many models want to be told. */
export type EmbeddingTask = "document" | "query";

/** Something that turns texts into vectors of one length: a model that is asked over HTTP. */
export interface Embedder {
  /** Names the vectors: two embedders of the same name make comparable ones. */
  readonly model: string;
  /** Length of its vectors; null = not known before the first answer. */
  readonly dims: number | null;
  /**
   * One vector per text, in order.
   *
   * @throws EmbedderError when there is no usable answer
   */
  embed(texts: readonly string[], task: EmbeddingTask, signal?: AbortSignal): Promise<Float32Array[]>;
}

/**
 * `unavailable`: nobody answers, or not in time; asking again later may help. `refused`: it answered no, e.g. the model is
 * not there. `bad_answer`: not what was asked for (wrong number or length of vectors, NaN). `too_long`: the text is too
 * long for the model.
 */
export type EmbedderProblem = "unavailable" | "refused" | "bad_answer" | "too_long";

export class EmbedderError extends Error {
  readonly problem: EmbedderProblem;

  constructor(problem: EmbedderProblem, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "EmbedderError";
    this.problem = problem;
  }
}
