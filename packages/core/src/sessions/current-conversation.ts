import type { Clock } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import type { ChatRepository, ConversationRecord } from "../chats/chat-repository.ts";
import { nextQuarantine, type QuarantineReason } from "./quarantine.ts";

/** The conversation that a chat's next turn goes to, with what its process has told about it. */
export class CurrentConversation {
  readonly #chats: ChatRepository;
  readonly #clock: Clock;
  readonly #log: Logger;
  #record: ConversationRecord | null;
  #model: string | null = null;

  constructor(deps: { chats: ChatRepository; clock: Clock; log: Logger }, chatRef: number) {
    this.#chats = deps.chats;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#record = deps.chats.current(chatRef);
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

  /** Its CLI session has failed; what that means for the next start is decided there. */
  distrust(reason: QuarantineReason): void {
    if (!this.#record) return;
    const quarantine = { reason: nextQuarantine(this.#record, reason), at: this.#clock.now() };
    this.#chats.setQuarantine(this.#record.id, quarantine);
    this.#record = { ...this.#record, quarantinedAt: quarantine.at, quarantineReason: quarantine.reason };
    this.#log.warn({ conversationId: this.#record.id, reason: quarantine.reason }, "session quarantined");
  }

  /** It has answered. */
  trust(): void {
    if (!this.#record || this.#record.quarantinedAt === null) return;
    this.#chats.setQuarantine(this.#record.id, null);
    this.#record = { ...this.#record, quarantinedAt: null, quarantineReason: null };
  }

  noteModel(model: string): void {
    if (this.#model === model) return;
    this.#model = model;
    if (this.#record) this.#chats.setModel(this.#record.id, model);
  }
}
