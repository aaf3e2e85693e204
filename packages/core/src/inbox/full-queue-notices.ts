import type { ChatRecord } from "../chats/chat-repository.ts";
import type { TurnJournal } from "../turns/turn-journal.ts";

/** Tells a chat that its queue is full: once, until a message of it has been let in again. */
export interface FullQueueNotices {
  refused(chat: ChatRecord): void;
  letIn(chatRef: number): void;
}

export const createFullQueueNotices = (journal: Pick<TurnJournal, "notify">): FullQueueNotices => {
  const told = new Set<number>();
  return {
    refused: (chat) => {
      if (told.has(chat.id)) return;
      told.add(chat.id);
      journal.notify(chat, "error.queue_full");
    },
    letIn: (chatRef) => void told.delete(chatRef),
  };
};
