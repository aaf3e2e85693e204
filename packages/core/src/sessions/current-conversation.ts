import type { ChatRepository, ConversationRecord } from "../chats/chat-repository.ts";

/** The conversation that a chat's next turn goes to, with what its process has told about it. */
export class CurrentConversation {
  readonly #chats: ChatRepository;
  #record: ConversationRecord | null;
  #model: string | null = null;

  constructor(chats: ChatRepository, chatRef: number) {
    this.#chats = chats;
    this.#record = chats.current(chatRef);
  }

  /** Null before the chat's first turn. */
  get record(): ConversationRecord | null {
    return this.#record;
  }
  get hasTranscript(): boolean {
    return this.#record?.hasTranscript ?? false;
  }
  /** As the process said it in its last turn; null before. */
  get model(): string | null {
    return this.#model;
  }

  use(record: ConversationRecord): void {
    if (record.id !== this.#record?.id) this.#model = record.model;
    this.#record = record;
  }

  noteTranscript(exists: boolean): void {
    if (!this.#record || this.#record.hasTranscript === exists) return;
    this.#chats.markTranscript(this.#record.id, exists);
    this.#record = { ...this.#record, hasTranscript: exists };
  }

  noteModel(model: string): void {
    if (this.#model === model) return;
    this.#model = model;
    if (this.#record) this.#chats.setModel(this.#record.id, model);
  }
}
