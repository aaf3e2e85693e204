import { DomainError } from "@steward/contract/errors";
import type { ChatAddress } from "@steward/contract/ids";
import type { OpenDatabase } from "@steward/schema/sqlite";
import type { ChatRepository } from "../chats/chat-repository.ts";
import { withLateEdits } from "./edited-prompt.ts";
import type { TurnJournal } from "./turn-journal.ts";
import type { TurnMessageRepository } from "./turn-message-repository.ts";
import { isSettled, type TurnRecord } from "./turn-record.ts";
import type { TurnRepository } from "./turn-repository.ts";
import type { TurnService } from "./turn-service.ts";
import type { SubmitTurn, TurnQueues } from "./turn-types.ts";

/** What a person wants of one turn that waits. */
export interface QueueService {
  /**
   * Puts a turn that waits ahead of all others of its chat, durably, and stops what runs there for it. One that a stop has
   * put aside comes back alone. Throws not_found, also for a turn of another chat.
   */
  advance(
    turnId: string,
    address: ChatAddress,
  ): { outcome: "next" | "running" | "ended"; interruptedTurnId: string | null };
  /** Takes a turn out of its queue while it waits there; nothing else changes. Throws not_found. */
  drop(turnId: string, address: ChatAddress): { outcome: "dropped" | "running" | "ended" };
  /**
   * The turn that a message went into, with that message's late edit and what else of it was edited: as a turn of its own,
   * once. What of the old one still runs is stopped for it. Throws conflict (no such edit, or it was run), and what
   * submitting throws.
   */
  rerunEdited(address: ChatAddress, messageId: number): { turnId: string };
}

export const createQueueService = (deps: {
  database: OpenDatabase;
  chats: Pick<ChatRepository, "find">;
  turns: Pick<TurnRepository, "find" | "stateOf" | "putFirst">;
  messages: TurnMessageRepository;
  journal: Pick<TurnJournal, "next">;
  turnService: Pick<TurnService, "withdraw" | "submit">;
  queues: TurnQueues;
}): QueueService => {
  const { turns, messages, journal, queues, database } = deps;

  const ofChat = (turnId: string, { botId, chatId, threadId }: ChatAddress): TurnRecord => {
    const record = turns.find(turnId);
    // An id is a route, not a right.
    const isHere = record?.botId === botId && record.chatId === chatId && record.threadId === threadId;
    if (!record || !isHere) throw new DomainError("not_found", "Turn not found");
    return record;
  };

  const goneOn = (turnId: string): "running" | "ended" => {
    const state = turns.stateOf(turnId);
    return state === null || isSettled(state) ? "ended" : "running";
  };

  return {
    advance: (turnId, address) => {
      const { parked } = ofChat(turnId, address);
      const isFirst = journal.next(turnId) !== null && database.write((tx) => turns.putFirst(tx, turnId));
      const record = isFirst ? turns.find(turnId) : null;
      if (record === null) return { outcome: goneOn(turnId), interruptedTurnId: null };
      if (parked) queues.enqueue(record);
      return { outcome: "next", interruptedTurnId: queues.advance(record) };
    },
    drop: (turnId, address) => {
      ofChat(turnId, address);
      const isDropped = deps.turnService.withdraw(turnId, "turn_dropped");
      return { outcome: isDropped ? "dropped" : goneOn(turnId) };
    },
    rerunEdited: (address, messageId) => {
      const chat = deps.chats.find(address);
      const part = chat && messages.find(chat.id, messageId);
      const old = part && turns.find(part.turnId);
      if (!old || part.lateEdit === null) throw new DomainError("conflict", "There is no edit to be run");
      const { prompt, parts } = withLateEdits(old.prompt, messages.ofTurn(old.id));
      const request = { ...againOf(old, address), text: prompt, isNext: !isSettled(old.state) };
      // In one transaction with the turn: the latest turn of these messages is this one, and it has no late edit.
      const { turnId } = deps.turnService.submit(request, (newTurnId) => {
        for (const each of parts) {
          const row = { ...each, turnId: newTurnId, chatRef: old.chatRef, historyId: null };
          messages.insert(row);
        }
      });
      const record = turns.find(turnId);
      if (request.isNext && record) queues.advance(record);
      return { turnId };
    },
  };
};

/** What a turn was asked with, to be asked again. */
const againOf = (old: TurnRecord, address: ChatAddress): Omit<SubmitTurn, "text"> => ({
  address,
  fileIds: old.fileIds,
  source: old.source,
  language: old.language,
  userId: old.userId,
  userName: old.userName,
  replyToMessageId: old.replyToMessageId,
  idempotencyKey: null,
  deliver: old.deliver,
});
