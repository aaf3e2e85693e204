import type { MessageKey } from "@steward/contract/messages";
import type { ChatRecord, ChatRepository } from "../chats/chat-repository.ts";
import type { OutboxWords } from "../deliveries/outbox-writer.ts";

export interface SessionNoticesDeps {
  chats: Pick<ChatRepository, "byRef">;
  words: Pick<OutboxWords, "notify">;
  /** Whether somebody reads the chat's outbox, whichever door its last message came through. */
  readsOutbox: (chatRef: number) => boolean;
}

/** What a session says of itself: where the chat can be told at any time, and in the language that it has by then. */
export class SessionNotices {
  readonly #deps: SessionNoticesDeps;
  readonly #chatRef: number;
  #toldShortOfMemory = false;

  constructor(deps: SessionNoticesDeps, chatRef: number) {
    this.#deps = deps;
    this.#chatRef = chatRef;
  }

  /** As it is now. */
  get chat(): ChatRecord {
    return this.#deps.chats.byRef(this.#chatRef);
  }

  get isRead(): boolean {
    return this.#deps.readsOutbox(this.#chatRef);
  }

  tell(key: MessageKey, params?: Record<string, string | number>): void {
    if (this.isRead) this.#deps.words.notify(this.chat, key, params);
  }

  /** Once, until a process has come or is no longer wanted; false when it was told before. */
  tellShortOfMemory(freeMb: number): boolean {
    if (this.#toldShortOfMemory) return false;
    this.#toldShortOfMemory = true;
    this.tell("notice.low_memory", { freeMb });
    return true;
  }

  memoryCame(): void {
    this.#toldShortOfMemory = false;
  }
}
