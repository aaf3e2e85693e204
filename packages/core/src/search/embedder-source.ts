import type { Embedder } from "./embedder.ts";

/** Where embedders come from: what the owner has set, or what was found on this machine. */
export interface EmbedderSource {
  /** How one came to be there: set by the owner, looked for on this machine, or not wanted. */
  readonly choice: "configured" | "looked_for" | "off";
  /**
   * The one to embed with from now on; null = there is none now, and asking again later may help (unless `off`). Does not
   * throw.
   *
   * @param known the name of the vectors there are: of several that are found, the one that makes these is preferred
   */
  find(known: string | null): Promise<Embedder | null>;
  /** One that makes vectors of this name, for as long as those of another one are not all there; null = it cannot be had any more. */
  named(model: string): Embedder | null;
  /** Another model of the embedder that is set up, by its own name; null = there is none to ask. */
  ofModel(model: string): Embedder | null;
  /** Gives up what is asked at the moment. */
  close(): void;
}
