import type { ChatRecord } from "../chats/chat-repository.ts";
import type { OutboxWords } from "../deliveries/outbox-writer.ts";

/** Tells a chat that its queue is full: once, until a message of it has been let in again. */
export interface FullQueueNotices {
  refused(chat: ChatRecord): void;
  letIn(chatRef: number): void;
}

export const createFullQueueNotices = (words: Pick<OutboxWords, "notify">): FullQueueNotices => {
  const told = new Set<number>();
  return {
    refused: (chat) => {
      if (told.has(chat.id)) return;
      told.add(chat.id);
      words.notify(chat, "error.queue_full");
    },
    letIn: (chatRef) => void told.delete(chatRef),
  };
};
