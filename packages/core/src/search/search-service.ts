import type { MessageRole } from "@steward/schema/enums";

/** By what a hit was found: by its meaning, or by its words. */
export type SearchMode = "semantic" | "lexical";

/**
 * Why an answer is less than it could be: nothing is set up that embeds, it does not answer, not everything has a vector
 * yet, the extension for vectors is missing, or full text alone was in time.
 */
export type Degradation =
  | "no_embedder"
  | "embedder_unavailable"
  | "embedding_pending"
  | "vectors_unavailable"
  | "timed_out";

/** Which messages. Empty = all there are, which only the owner's own doors may ask for. */
export interface MessageScope {
  botId?: string;
  /** With `botId`: one chat. All its topics, unless `threadId` names one. */
  chatId?: string;
  threadId?: string;
}

/** Which memories: `for` = all that a chat may know (its own, its bot's, everybody's). */
export type MemoryScope =
  | { for: { botId: string; chatId: string } }
  | { botId: string; chatId?: string }
  | "all";

interface Asked {
  /** As a person wrote it; nothing in it is syntax. */
  text: string;
  /** 1 to 100. */
  limit: number;
}

export interface MessageSearch extends Asked {
  scope: MessageScope;
  role?: MessageRole;
  source?: string;
  /** UTC ms, from inclusive, to exclusive. */
  from?: number;
  to?: number;
}

export interface MemorySearch extends Asked {
  scope: MemoryScope;
  category?: string;
  /** Default: accepted ones that have not expired. */
  states?: readonly ("accepted" | "proposed")[];
}

export interface Snippet {
  text: string;
  /** Where in `text` the words stand, `[from, to)` in UTF-16 units, in order, never overlapping. */
  marks: [from: number, to: number][];
}

interface Hit {
  /** The higher the better; comparable within one answer only. */
  score: number;
  mode: SearchMode;
  /** Cosine distance of the nearest piece, 0 to 2; null where no vector was compared. */
  distance: number | null;
  snippet: Snippet;
}

export interface MessageHit extends Hit {
  id: number;
  sessionId: string;
  botId: string;
  role: MessageRole;
  content: string;
  source: string;
  userName: string | null;
  turnId: string | null;
  createdAt: number;
}

export interface MemoryHit extends Hit {
  id: number;
}

export interface SearchAnswer<H> {
  /** Best first. */
  hits: H[];
  mode: SearchMode;
  degraded: Degradation[];
}

/** Finding what was said and what is remembered. */
export interface SearchService {
  messages(search: MessageSearch, signal?: AbortSignal): Promise<SearchAnswer<MessageHit>>;
  /** @param budgetMs when given, what takes longer (embedding the question) is left out and named in `degraded` */
  memories(search: MemorySearch, budgetMs?: number, signal?: AbortSignal): Promise<SearchAnswer<MemoryHit>>;
}
