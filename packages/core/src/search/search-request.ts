import type {
  Degradation,
  MemoryHit,
  MemorySearch,
  MessageHit,
  MessageSearch,
  SearchMode,
} from "./search-service.ts";

/** A question as a vector, ready to be compared. */
export interface QueryVector {
  /** Names the vectors that it may be compared with (`embedding_models.name`). */
  model: string;
  dims: number;
  /** Scaled as stored vectors are, and its signs. */
  int8: Int8Array;
  bits: Uint8Array;
}

interface Common {
  vector: QueryVector | null;
  /** What has taken longer by then is left out. */
  budgetMs: number;
}

/** A search as it goes to wherever it is done: plain data. */
export type SearchRequest =
  | ({ kind: "messages"; search: MessageSearch } & Common)
  | ({ kind: "memories"; search: MemorySearch /** UTC ms */; now: number } & Common);

export interface SearchResult {
  hits: (MessageHit | MemoryHit)[];
  mode: SearchMode;
  degraded: Degradation[];
}

/** Where searches are done: beside the event loop, or in it. */
export interface SearchRunner {
  /**
   * One by meaning that takes too long is answered by its words, with `timed_out` in `degraded`.
   *
   * @throws DomainError search_busy, search_timed_out, search_failed
   */
  run(request: SearchRequest, signal?: AbortSignal): Promise<SearchResult>;
  stop(): Promise<void>;
}
