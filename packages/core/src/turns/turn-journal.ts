import type { ErrorCode } from "@steward/contract/errors";
import type { Clock } from "@steward/platform/clock";
import { failpoint } from "@steward/platform/failpoint";
import type { Logger } from "@steward/platform/logger";
import type { DatabaseOrTransaction, OpenDatabase } from "@steward/schema/sqlite";
import type { ChatHistoryRepository } from "../chat/chat-history-repository.ts";
import { addressOf, type ChatRecord, type ChatRepository } from "../chats/chat-repository.ts";
import type { EventHub } from "../events/event-hub.ts";
import type { FileRepository } from "../files/file-repository.ts";
import type { Outgoing } from "../files/outgoing.ts";
import { shownFileName } from "../files/stored-name.ts";
import type { RecallRepository, RecallRow } from "../recall/recall-repository.ts";
import type { StorageWatch } from "../storage/storage-watch.ts";
import { spentSoFarMicroUsd, type TurnSpending } from "../usage/turn-spending.ts";
import { withPart } from "./edited-prompt.ts";
import type { OutcomeWriter } from "./outcome-writer.ts";
import { sourceInHistory } from "./source-in-history.ts";
import type { TurnEventLog } from "./turn-event-log.ts";
import type { TurnMessage, TurnMessageRepository } from "./turn-message-repository.ts";
import type { TurnOutcome } from "./turn-outcome.ts";
import { type TurnRecord, WAITING_STATES } from "./turn-record.ts";
import type { TurnRepository } from "./turn-repository.ts";
import type { SubmitTurn, TurnExtension } from "./turn-types.ts";

/** A turn that was taken by this boot; `fence` guards what is written about it. */
export interface RunningTurn {
  record: TurnRecord;
  fence: number;
}

/** A turn whose process or service went away under it. */
export interface BrokenOff {
  partialText: string;
  reason: ErrorCode;
  /** For the log and the record; null when nothing more is known. */
  detail: string | null;
  /** What goes out beside the partial text. */
  outgoing?: Readonly<Outgoing>;
}

/**
 * The turn journal: every state a turn goes through, each in one transaction with all that must be true together.
 * Events are published after the commit, never before.
 */
export interface TurnJournal {
  /** Inserts the turn and the user's message. The caller publishes with `announce` after its commit. */
  accept(tx: DatabaseOrTransaction, turnId: string, request: SubmitTurn, now: number): ChatRecord;
  /** Takes a further message into a turn that waits; throws when it does not. Within the open transaction. */
  extend(tx: DatabaseOrTransaction, turnId: string, message: TurnExtension, now: number): void;
  /** Other words for a message of a turn that waits; false when it does not any more. Within the open transaction. */
  edit(tx: DatabaseOrTransaction, message: TurnMessage, text: string): boolean;
  announce(turnId: string): TurnRecord;
  /** The turn if it still waits; reads only. */
  next(turnId: string): TurnRecord | null;
  /**
   * Takes a waiting turn for this boot, with what it was reminded of; null while the database takes no writes. Throws when
   * it no longer waits.
   */
  start(record: TurnRecord, conversationId: string, recalled: readonly RecallRow[]): RunningTurn | null;
  /**
   * Committed when it returns, with what is known of its cost. Throws when the turn is not ours any more: then the tool
   * must not run.
   */
  toolStarts(running: RunningTurn, spending: TurnSpending): void;
  /** Puts the turn back to start over, when it may: no tool has started, and it is its first attempt. */
  retry(running: RunningTurn, reason: ErrorCode, spending: TurnSpending): boolean;
  /** Back to its queue as if it had never been taken: it met a hold before it did anything. */
  putBack(running: RunningTurn, spending: TurnSpending): boolean;
  /**
   * The outcome of a running turn: result, history, outbox, what it sends back and log in one transaction.
   * False = it had an outcome before. While the database takes no writes the outcome is owed: true, and it lands when
   * it can, so that no answer is lost to a full disk.
   */
  settle(
    running: RunningTurn,
    outcome: TurnOutcome,
    spending: TurnSpending,
    outgoing?: Readonly<Outgoing>,
  ): boolean;
  /** The outcome of a turn that never ran. */
  settleWaiting(turnId: string, outcome: TurnOutcome): boolean;
  /** DESIGN §4: retried once when no tool started, told as interrupted otherwise. Answers which. */
  recover(running: RunningTurn, end: BrokenOff, spending: TurnSpending): "requeued" | "ended";
}

export const createTurnJournal = (deps: {
  database: OpenDatabase;
  turns: TurnRepository;
  messages: TurnMessageRepository;
  chats: ChatRepository;
  history: ChatHistoryRepository;
  files: FileRepository;
  events: TurnEventLog;
  hub: EventHub;
  clock: Clock;
  log: Logger;
  storage: StorageWatch;
  recalls: Pick<RecallRepository, "note">;
  outcomes: OutcomeWriter;
  /** Random per start of the service: who runs a turn. */
  bootId: string;
}): TurnJournal => {
  const { turns, chats, history, events, hub, clock, log, storage, outcomes } = deps;

  /** Null when the database does not take it now. */
  const orNoted = (write: () => boolean): boolean | null => {
    try {
      return write();
    } catch (error) {
      storage.noteFault(error);
      return null;
    }
  };

  const journal: TurnJournal = {
    accept: (tx, turnId, request, now) => {
      const chat = chats.ensure(request.address, request.language, now);
      turns.insert({
        id: turnId,
        chatRef: chat.id,
        source: request.source,
        language: request.language,
        state: request.gatherUntil ? "received" : "queued",
        gatherUntil: request.gatherUntil ?? null,
        rank: request.isNext ? turns.nextRank(chat.id) : 0,
        deliver: request.deliver,
        prompt: request.text,
        userId: request.userId,
        userName: request.userName,
        replyToMessageId: request.replyToMessageId,
        receivedAt: now,
        fileIds: [...(request.fileIds ?? [])],
      });
      const attached = deps.files.byIds(request.fileIds ?? []);
      deps.files.attach(
        tx,
        turnId,
        attached.map(({ id }) => id),
      );
      const historyId = history.say({
        address: request.address,
        role: "user",
        content: withAttachments(request.text, [
          ...attached.map(({ originalName }) => originalName),
          ...(request.attachmentNames ?? []),
        ]),
        source: sourceInHistory(request.source),
        userId: request.userId,
        username: request.userName,
        turnId,
        at: now,
      });
      if (request.messageId != null) {
        const part = { turnId, messageId: request.messageId, chatRef: chat.id };
        deps.messages.insert({ ...part, startsAt: 0, length: request.text.length, historyId });
      }
      return chat;
    },
    extend: (tx, turnId, { joint, text, replyToMessageId, gatherUntil, attachmentNames = [] }, now) => {
      const record = turns.find(turnId);
      const isFirst = record?.prompt === "" || text === "";
      const words = { text: isFirst ? text : joint + text, replyToMessageId, gatherUntil };
      if (!record || !turns.extend(tx, turnId, words)) throw new Error(`turn ${turnId} takes nothing in`);
      const historyId = history.say({
        address: addressOf(record),
        role: "user",
        content: withAttachments(text, attachmentNames),
        source: sourceInHistory(record.source),
        userId: record.userId,
        username: record.userName,
        turnId,
        at: now,
      });
      if (replyToMessageId === null) return;
      const startsAt = record.prompt.length + joint.length;
      const part = { turnId, messageId: replyToMessageId, chatRef: record.chatRef };
      deps.messages.insert({ ...part, startsAt, length: text.length, historyId });
    },
    edit: (tx, message, text) => {
      const record = journal.next(message.turnId);
      if (record === null) return false;
      if (!turns.rewrite(tx, record.id, withPart(record.prompt, message, text))) return false;
      deps.messages.resize(tx, message, text);
      hub.publish("history_changed", { chat: record });
      return true;
    },
    announce: (turnId) => {
      const record = turns.find(turnId);
      if (!record) throw new Error(`turn ${turnId} was not accepted`);
      events.open(record, true);
      hub.publish("turn_opened", { botId: record.botId, turnId, deliver: record.deliver });
      failpoint("turn.announced");
      return record;
    },
    next: (turnId) => {
      const record = turns.find(turnId);
      const waits = record && WAITING_STATES.includes(record.state) && !outcomes.isOwed(turnId);
      return waits ? record : null;
    },
    start: (waiting, conversationId, recalled) => {
      const mark = { bootId: deps.bootId, conversationId, now: clock.now() };
      // Losing this mark to a power cut loses nothing: the turn would wait again, and a tool's own mark is durable.
      const taken = orNoted(() =>
        deps.database.writeUnsynced((tx) => {
          const isTaken = turns.start(waiting.id, mark);
          // An earlier attempt may have been told of something.
          if (isTaken && (recalled.length > 0 || waiting.attempt > 0))
            deps.recalls.note(tx, waiting.id, recalled, mark.now);
          return isTaken;
        }),
      );
      if (taken === null) return null;
      if (!taken) throw new Error(`turn ${waiting.id} does not wait any more`);
      failpoint("turn.started");
      // What the statement has made of the row that was read in the same breath; reading it again would cost as much.
      const { bootId, now: startedAt } = mark;
      const fence = waiting.fence + 1;
      const attempt = waiting.attempt + 1;
      return {
        record: { ...waiting, state: "running", bootId, conversationId, fence, attempt, startedAt },
        fence,
      };
    },
    toolStarts: ({ record, fence }, spending) => {
      failpoint("tool.before_mark");
      const marked = orNoted(() => turns.markTool(record.id, fence, spentSoFarMicroUsd(record, spending)));
      if (marked === null) throw new Error("Steward's database cannot be written right now");
      if (!marked) throw new Error(`turn ${record.id} is not running any more`);
      record.startedTools = true;
      failpoint("tool.after_mark");
    },
    retry: ({ record, fence }, reason, spending) => {
      if (outcomes.isOwed(record.id)) return false;
      const current = turns.find(record.id) ?? record;
      if (current.startedTools || current.attempt > 1) return false;
      const costMicroUsd = spentSoFarMicroUsd(record, spending);
      if (orNoted(() => turns.requeue(record.id, fence, costMicroUsd)) !== true) return false;
      log.warn({ turnId: record.id, reason }, "turn requeued: no tool had started");
      return true;
    },
    putBack: ({ record, fence }, spending) => {
      if (outcomes.isOwed(record.id)) return false;
      const costMicroUsd = spentSoFarMicroUsd(record, spending);
      if (orNoted(() => turns.putBack(record.id, fence, costMicroUsd)) !== true) return false;
      // What it may have said so far is gone.
      if (events.live(record.id)?.text) events.append(record.id, { type: "text", offset: 0, text: "" });
      return true;
    },
    settle: ({ record, fence }, outcome, spending, outgoing) =>
      outcomes.write(record, { from: ["running"], fence }, outcome, spending, outgoing),
    settleWaiting: (turnId, outcome) => {
      const record = turns.find(turnId);
      if (record === null) return false;
      return outcomes.write(record, { from: WAITING_STATES }, outcome, { unknown: "did_not_run" });
    },
    recover: (running, { partialText, reason, detail, outgoing }, spending) => {
      if (journal.retry(running, reason, spending)) return "requeued";
      const outcome = { text: partialText, errorCode: reason, errorDetail: detail };
      journal.settle(running, { state: "interrupted", ...outcome }, spending, outgoing);
      return "ended";
    },
  };
  return journal;
};

/** What the history says of files: their names, below the words they came with. */
const withAttachments = (text: string, attached: readonly string[]): string => {
  if (attached.length === 0) return text;
  const names = attached.map((name) => `📎 ${shownFileName(name)}`).join("\n");
  return text.trim() === "" ? names : `${text}\n\n${names}`;
};
