import { DomainError, type ErrorCode } from "@steward/contract/errors";
import type { InboxUpdate } from "@steward/contract/inbox";
import type { MessageKey } from "@steward/contract/messages";
import type { Clock } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import type { OpenDatabase } from "@steward/schema/sqlite";
import type { ChatRecord, ChatRepository } from "../chats/chat-repository.ts";
import type { OutboxWriter } from "../deliveries/outbox-writer.ts";
import type { EventHub } from "../events/event-hub.ts";
import type { RateRefusal } from "../limits/turn-rates.ts";
import type { TurnGathering } from "../turns/turn-gathering.ts";
import type { TurnJournal } from "../turns/turn-journal.ts";
import type { TurnQueues } from "../turns/turn-types.ts";
import type { CommandOrder } from "./command-order.ts";
import { createFullQueueNotices } from "./full-queue-notices.ts";
import type { InboxRow } from "./inbox-repository.ts";

/** Why a reply did not become the answer that it was meant to be. */
const ERROR_WORDS: Partial<Record<ErrorCode, MessageKey>> = {
  approval_decided: "error.approval_decided",
  approval_withdrawn: "error.approval_withdrawn",
};

/** A row of a batch that is committed. */
export interface CommittedRow {
  row: InboxRow;
  update: InboxUpdate;
  /** It was handed in, and committed, before. */
  duplicate: boolean;
  /** Its message was taken into a turn that was there before it. */
  joined: boolean;
  /** Of a row that was refused for its rate. */
  rate: RateRefusal | undefined;
  /** What front ends and people are to be told of it. */
  after?: () => void;
  /** Of a reply to the agent's question, whose answer it is. */
  approvalId?: string;
  /** Deliveries that were committed with it. */
  said?: readonly string[];
}

/**
 * What follows from committed rows: turns go to their queues, rows for the front end are published, refusals are told.
 * Nothing that fails for one row concerns another, and the batch is answered all the same: it is committed.
 */
export const createInboxAftermath = (deps: {
  database: OpenDatabase;
  chats: ChatRepository;
  journal: Pick<TurnJournal, "announce" | "next">;
  words: Pick<OutboxWriter, "notify" | "publish">;
  queues: TurnQueues;
  order: CommandOrder;
  answer: (approvalId: string, words: string, userId: string) => void;
  gathering: Pick<TurnGathering, "open" | "extended">;
  hub: EventHub;
  clock: Clock;
  log: Logger;
}): ((rows: readonly CommittedRow[]) => void) => {
  const { database, journal, queues, order, words } = deps;
  const fullQueue = createFullQueueNotices(words);

  const chatOf = ({ botId }: InboxRow, { chat, sender }: InboxUpdate): ChatRecord | null => {
    if (!chat) return null;
    const address = { botId, chatId: chat.id, threadId: chat.threadId };
    const language = sender?.language ?? "en";
    const known = deps.chats.find(address);
    if (known) return { ...known, language };
    return database.write(() => deps.chats.ensure(address, language, deps.clock.now()));
  };

  const tellRefusal = ({ row, update, rate }: CommittedRow): void => {
    if (row.detail === "rate_limited" && !rate?.isFirst) return;
    if (!["queue_full", "prompt_too_long", "rate_limited"].includes(row.detail)) return;
    const chat = chatOf(row, update);
    if (!chat) return;
    if (row.detail === "queue_full") fullQueue.refused(chat);
    else if (row.detail === "prompt_too_long") words.notify(chat, "error.prompt_too_long");
    else if (rate) {
      words.notify(chat, "notice.rate_limited", { seconds: Math.ceil(rate.retryAfterMs / 1_000) });
    }
  };

  const takeUp = (turnId: string, { update, duplicate }: CommittedRow): void => {
    if (duplicate) {
      const waiting = journal.next(turnId);
      if (!waiting || queues.isInHand(waiting) || order.keepsBack(turnId)) return;
    }
    const record = journal.announce(turnId);
    fullQueue.letIn(record.chatRef);
    // Also while a command keeps it back: the rest of it does not wait for that.
    if (record.state === "received") deps.gathering.open(record);
    order.after(record, () => {
      // Meanwhile it may have been taken back, or become whole.
      const waiting = journal.next(turnId);
      if (!waiting) return;
      queues.enqueue(waiting);
      if (update.interrupts) queues.advance(waiting);
    });
  };

  const answerQuestion = (approvalId: string, { row, update }: CommittedRow): void => {
    try {
      deps.answer(approvalId, update.text, update.sender?.id ?? "");
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      // Ended in the same moment: the person is told, and writes it again where it is still wanted.
      const chat = chatOf(row, update);
      if (chat) words.notify(chat, ERROR_WORDS[error.code] ?? "error.approval_expired");
    }
  };

  const follow = (committed: CommittedRow): void => {
    const { row, update, duplicate, joined, approvalId } = committed;
    if (committed.said) words.publish(committed.said);
    if (committed.after) committed.after();
    else if (approvalId !== undefined) answerQuestion(approvalId, committed);
    else if (row.turnId && joined) deps.gathering.extended(row.turnId);
    else if (row.turnId) takeUp(row.turnId, committed);
    else if (row.state === "pending") {
      if (update.kind === "command" && update.chat) {
        const { id: chatId, threadId } = update.chat;
        order.commandCame({ botId: row.botId, chatId, threadId }, row.id);
      }
      deps.hub.publish("update_pending", { botId: row.botId, inboxId: row.id, update });
    } else if (!duplicate) tellRefusal(committed);
  };

  return (rows) => {
    for (const committed of rows) {
      try {
        follow(committed);
      } catch (error) {
        const { id: inboxId, turnId } = committed.row;
        deps.log.error({ err: error, inboxId, turnId }, "a committed update could not be followed up");
      }
    }
  };
};
