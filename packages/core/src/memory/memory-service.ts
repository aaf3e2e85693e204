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
  /** Exactly these owners' (legacy: a bot's own). */
  of?: MemoryOwner;
  category?: string;
  state?: MemoryState;
  /** Default false. */
  withExpired?: boolean;
}

/** What is remembered, with receipts: every change is kept and can be taken back. */
export interface MemoryService {
  /** @throws DomainError `conflict` when the key is taken in this scope, `validation_failed` */
  add(memory: NewMemory, author: MemoryAuthor): Memory;
  /**
   * @param change.expectedUpdatedAt refuse when somebody else has changed it since
   * @throws DomainError `not_found`, `conflict`
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
  /** A proposal becomes a memory; one of the same key gives way to it. */
  accept(id: number, author: MemoryAuthor): Memory;
  /** Takes one change back. @throws DomainError `not_found`, `conflict` when it was changed again since */
  undo(changeId: number, author: MemoryAuthor): Memory | null;
  find(id: number): Memory | null;
  /** Whether a chat may know it: for doors that are let in for one chat alone. */
  isFor(memory: MemoryOwner, owner: MemoryOwner): boolean;
  /** Newest change first. */
  list(filter: MemoryFilter): Memory[];
  history(id: number): MemoryChange[];
  /** The newest changes of all that a chat may know. */
  changes(filter: Pick<MemoryFilter, "for" | "of">, limit: number): MemoryChange[];
}
