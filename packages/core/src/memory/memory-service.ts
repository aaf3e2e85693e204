import type { MemoryAction, MemoryOrigin, MemoryState } from "@steward/schema/enums";

/** Whom a memory is for: everybody (both empty), all chats of a bot, or one chat with all its topics. */
export interface MemoryOwner {
  botId: string;
  chatId: string;
}

export interface Memory extends MemoryOwner {
  id: number;
  key: string;
  content: string;
  category: string;
  state: MemoryState;
  pinned: boolean;
  expiresAt: number | null;
  origin: MemoryOrigin;
  sourceMessageId: number | null;
  sourceTurnId: string | null;
  sourceUserId: string | null;
  sourceUserName: string | null;
  createdAt: number;
  updatedAt: number;
}

/** Who changes something, for the history. */
export interface MemoryAuthor {
  origin: MemoryOrigin;
  userId: string | null;
  userName: string | null;
  turnId: string | null;
  messageId: number | null;
}

export interface NewMemory extends MemoryOwner {
  key: string;
  content: string;
  category?: string;
  pinned?: boolean;
  expiresAt?: number | null;
  /** `proposed` waits until a person accepts it. Default: accepted. */
  state?: MemoryState;
}

export interface MemoryChange {
  id: number;
  memoryId: number;
  action: MemoryAction;
  before: Memory | null;
  after: Memory | null;
  origin: MemoryOrigin;
  userId: string | null;
  userName: string | null;
  turnId: string | null;
  undoneBy: number | null;
  at: number;
}

export interface MemoryFilter {
  /** All that a chat may know: its own, its bot's, everybody's. */
  for?: MemoryOwner;
  /** Exactly this owner's (legacy: a bot's own). */
  of?: MemoryOwner;
  /** All of a bot, its chats' included. */
  ofBot?: string;
  key?: string;
  category?: string;
  state?: MemoryState;
  pinned?: boolean;
  /** Default false. */
  withExpired?: boolean;
}

/** Pinned ones first, then the latest change first. */
export interface MemoryPage {
  memories: Memory[];
  /** Where the next page begins; null: this was the last one. */
  next: string | null;
  /** How many there are on all pages. */
  total: number;
}

/** What is remembered, with receipts: every change is kept and can be taken back. */
export interface MemoryService {
  /**
   * A proposal may stand beside the memory whose key it has; nothing else may.
   *
   * @throws DomainError `memory_exists` (`params.id`: the one that has the key) when the key is taken in this scope,
   *   `memory_full`, `validation_failed`
   */
  add(memory: NewMemory, author: MemoryAuthor): Memory;
  /**
   * What changes nothing is no change. New content makes its author the source.
   *
   * @param change.expectedUpdatedAt refuse when somebody else has changed it since
   * @throws DomainError `memory_not_found`, `memory_exists`, `memory_changed`, `validation_failed`
   */
  update(
    id: number,
    change: Partial<Pick<Memory, "key" | "content" | "category" | "pinned" | "expiresAt">> & {
      expectedUpdatedAt?: number;
    },
    author: MemoryAuthor,
  ): Memory;
  /** Null when there was none. */
  remove(id: number, author: MemoryAuthor): MemoryChange | null;
  /**
   * A proposal becomes a memory; one of the same key gives way to it, and is back when this is undone.
   *
   * @throws DomainError `memory_not_found`
   */
  accept(id: number, author: MemoryAuthor): Memory;
  /**
   * Takes one change back, a taking back included. Answers what stands now; null: nothing does.
   *
   * @throws DomainError `memory_not_found` (no such change), `memory_changed` when something newer stands on it,
   *   `memory_exists` when its key was taken since
   */
  undo(changeId: number, author: MemoryAuthor): Memory | null;
  find(id: number): Memory | null;
  change(changeId: number): MemoryChange | null;
  /** Whether a chat may know it: for doors that are let in for one chat alone. */
  isFor(memory: MemoryOwner, owner: MemoryOwner): boolean;
  /** The latest change first. */
  list(filter: MemoryFilter): Memory[];
  /** @throws DomainError `validation_failed` for a cursor that is none */
  page(filter: MemoryFilter, page: { limit: number; after?: string; offset?: number }): MemoryPage;
  /** Of one memory, the newest first; also of one that is gone. */
  history(id: number): MemoryChange[];
  /** The newest changes of all that a chat may know. */
  changes(filter: Pick<MemoryFilter, "for" | "of" | "ofBot">, limit: number): MemoryChange[];
}
