import type { Clock } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import type { ChatRepository, ConversationRecord } from "../chats/chat-repository.ts";
import type { StorageWatch } from "../storage/storage-watch.ts";
import { nextQuarantine, type QuarantineReason } from "./quarantine.ts";

/**
 * The conversation that a chat's next turn goes to, with what its process has told about it. What the database cannot take
 * now holds here at once and is written later: no turn's end may hang on it.
 */
export class CurrentConversation {
  readonly #chats: ChatRepository;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #storage: Pick<StorageWatch, "writeOrOwe">;
  #record: ConversationRecord | null;
  #model: string | null = null;

  constructor(
    deps: {
      chats: ChatRepository;
      clock: Clock;
      log: Logger;
      storage: Pick<StorageWatch, "writeOrOwe">;
    },
    chatRef: number,
  ) {
    this.#storage = deps.storage;
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
    const { id } = this.#record;
    this.#storage.writeOrOwe("transcript", () => this.#chats.markTranscript(id, exists));
    this.#record = { ...this.#record, hasTranscript: exists };
  }

  /** Its CLI session has failed; what that means for the next start is decided there. */
  distrust(reason: QuarantineReason): void {
    if (!this.#record) return;
    const quarantine = { reason: nextQuarantine(this.#record, reason), at: this.#clock.now() };
    const { id } = this.#record;
    this.#storage.writeOrOwe("quarantine", () => this.#chats.setQuarantine(id, quarantine));
    this.#record = { ...this.#record, quarantinedAt: quarantine.at, quarantineReason: quarantine.reason };
    this.#log.warn({ conversationId: this.#record.id, reason: quarantine.reason }, "session quarantined");
  }

  /** It has answered. */
  trust(): void {
    if (!this.#record || this.#record.quarantinedAt === null) return;
    const { id } = this.#record;
    this.#storage.writeOrOwe("quarantine", () => this.#chats.setQuarantine(id, null));
    this.#record = { ...this.#record, quarantinedAt: null, quarantineReason: null };
  }

  noteModel(model: string): void {
    if (this.#model === model) return;
    this.#model = model;
    const id = this.#record?.id;
    if (id !== undefined) this.#storage.writeOrOwe("model", () => this.#chats.setModel(id, model));
  }
}
