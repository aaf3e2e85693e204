import type { Logger } from "@steward/platform/logger";
import type { ChatRecord, ChatRepository } from "../chats/chat-repository.ts";
import type { OutboxWords } from "../deliveries/outbox-writer.ts";
import type { OutboxCollector } from "./outbox-collector.ts";
import type { Outgoing } from "./outgoing.ts";

/** Sends what lies in outboxes when no answer carries it. */
export interface OutboxSender {
  /** What lies there now goes out by itself: a process has gone, with or without its answer. Never throws. */
  sweep(chat: ChatRecord, of: { turnId: string | null; toOutbox: boolean }): void;
  /** What an earlier start took and did not commit, and what it never came to take. Before anything else is accepted. */
  recover(): Promise<void>;
  /** Resolves when nothing is being swept. */
  idle(): Promise<void>;
}

export const createOutboxSender = (deps: {
  collector: OutboxCollector;
  words: Pick<OutboxWords, "sendFiles">;
  chats: ChatRepository;
  /** Whether what the chat's last turn said went out through the outbox. */
  deliversTo: (chatRef: number) => boolean;
  log: Logger;
}): OutboxSender => {
  const { collector, words, log } = deps;
  const underway = new Set<Promise<void>>();

  const send = async (
    chat: ChatRecord,
    collecting: Promise<Outgoing> | null,
    of: { turnId: string | null; toOutbox: boolean },
  ): Promise<void> => {
    if (collecting === null) return;
    try {
      words.sendFiles(chat, await collecting, of);
    } catch (error) {
      log.error(
        { err: error, chatRef: chat.id },
        "files of the agent could not be sent; the next start does it",
      );
    }
  };

  return {
    sweep: (chat, of) => {
      const work = send(chat, collector.collect(chat), of).finally(() => underway.delete(work));
      underway.add(work);
    },
    recover: async () => {
      for (const chat of deps.chats.all()) {
        const of = { turnId: null, toOutbox: deps.deliversTo(chat.id) };
        await send(chat, collector.leftovers(chat), of);
        await send(chat, collector.collect(chat), of);
      }
    },
    idle: async () => {
      while (underway.size > 0) await Promise.all(underway);
    },
  };
};
