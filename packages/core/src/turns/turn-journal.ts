import type { Delivery } from "@steward/contract/deliveries";
import type { ErrorCode } from "@steward/contract/errors";
import { type MessageKey, translate } from "@steward/contract/messages";
import type { Clock } from "@steward/platform/clock";
import { failpoint } from "@steward/platform/failpoint";
import type { Ids } from "@steward/platform/ids";
import type { Logger } from "@steward/platform/logger";
import type { TurnState } from "@steward/schema/enums";
import type { DatabaseOrTransaction, OpenDatabase } from "@steward/schema/sqlite";
import type { ChatHistoryRepository } from "../chat/chat-history-repository.ts";
import type { ChatRecord, ChatRepository } from "../chats/chat-repository.ts";
import { addressOf } from "../chats/chat-repository.ts";
import type { DeliveryRepository } from "../deliveries/delivery-repository.ts";
import type { EventHub } from "../events/event-hub.ts";
import { type FileRepository, toSummary } from "../files/file-repository.ts";
import { EMPTY_OUTGOING, type Outgoing } from "../files/outgoing.ts";
import { createOutgoingWriter } from "../files/outgoing-writer.ts";
import { shownFileName } from "../files/stored-name.ts";
import type { StorageWatch } from "../storage/storage-watch.ts";
import { withTriageCost } from "../triage/decision.ts";
import type { TurnEventLog } from "./turn-event-log.ts";
import { type TurnOutcome, wordOutcome } from "./turn-outcome.ts";
import { type TurnRecord, type TurnRepository, WAITING_STATES } from "./turn-repository.ts";
import type { SubmitTurn } from "./turn-service.ts";

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
  announce(turnId: string): TurnRecord;
  /** The turn if it still waits; reads only. */
  next(turnId: string): TurnRecord | null;
  /** Takes a waiting turn for this boot; null while the database takes no writes. Throws when it no longer waits. */
  start(record: TurnRecord, conversationId: string): RunningTurn | null;
  /** Committed when it returns. Throws when the turn is not ours any more: then the tool must not run. */
  toolStarts(running: RunningTurn): void;
  /** Puts the turn back to start over, when it may: no tool has started, and it is its first attempt. */
  retry(running: RunningTurn, reason: ErrorCode): boolean;
  /** Back to its queue as if it had never been taken: it met a hold before it did anything. */
  putBack(running: RunningTurn): boolean;
  /**
   * The outcome of a running turn: result, history, outbox, what it sends back and log in one transaction.
   * False = it was settled before, and nothing was written. While the database takes no writes the outcome is kept in
   * memory and lands when it does: no answer is lost to a full disk.
   */
  settle(running: RunningTurn, outcome: TurnOutcome, outgoing?: Readonly<Outgoing>): boolean;
  /** The outcome of a turn that never ran. */
  settleWaiting(turnId: string, outcome: TurnOutcome): boolean;
  /** DESIGN §4: retried once when no tool started, told as interrupted otherwise. Answers which. */
  recover(running: RunningTurn, end: BrokenOff): "requeued" | "ended";
  /** Something Steward says on its own. */
  notify(chat: ChatRecord, key: MessageKey, params?: Record<string, string | number>): void;
  /** A result that nobody asked for (a background command of the agent finished); kept, and sent where an outbox is read. */
  volunteer(chat: ChatRecord, text: string, toOutbox: boolean, outgoing?: Readonly<Outgoing>): void;
  /** Files of the agent that no answer carries. `toOutbox`: they go out, too; else they are only listed. */
  sendFiles(
    chat: ChatRecord,
    outgoing: Readonly<Outgoing>,
    of: { turnId: string | null; toOutbox: boolean },
  ): void;
}

const ACTIONS: Record<TurnOutcome["state"], Delivery["actions"]> = {
  done: [],
  failed: ["retry"],
  interrupted: ["retry", "continue"],
  cancelled: [],
};

export const createTurnJournal = (deps: {
  database: OpenDatabase;
  turns: TurnRepository;
  chats: ChatRepository;
  deliveries: DeliveryRepository;
  history: ChatHistoryRepository;
  files: FileRepository;
  events: TurnEventLog;
  hub: EventHub;
  clock: Clock;
  ids: Ids;
  log: Logger;
  storage: StorageWatch;
  /** Random per start of the service: who runs a turn. */
  bootId: string;
}): TurnJournal => {
  const { turns, chats, deliveries, history, events, hub, clock, ids, log, storage } = deps;

  /** Null when the database does not take it now. */
  const orNoted = (write: () => boolean): boolean | null => {
    try {
      return write();
    } catch (error) {
      storage.noteFault(error);
      return null;
    }
  };

  const writeOutgoing = createOutgoingWriter(deps);

  const deliver = (
    tx: DatabaseOrTransaction,
    chat: ChatRecord,
    delivery: Pick<Delivery, "turnId" | "kind" | "text" | "actions" | "replyToMessageId"> & {
      placeholderId: number | null;
    },
    now: number,
  ): string => {
    const { placeholderId, ...rest } = delivery;
    const id = ids.uuid7();
    deliveries.insert(tx, {
      ...rest,
      id,
      chatRef: chat.id,
      language: chat.language,
      placeholderIds: placeholderId === null ? [] : [placeholderId],
      createdAt: now,
    });
    return id;
  };

  const publishDelivery = (id: string | null): void => {
    const delivery = id === null ? null : deliveries.find(id);
    if (delivery) hub.publish("delivery_changed", { botId: delivery.botId, delivery });
  };

  /** An answer that still has to go out is saved first; everything else ends here. */
  const stateAfter = (record: TurnRecord, outcome: TurnOutcome): TurnState =>
    outcome.state === "done" && record.deliver ? "result_saved" : outcome.state;

  const historySource = (record: Pick<TurnRecord, "source">): string =>
    record.source === "gateway" ? "telegram" : record.source;

  const owedOutcomes = new Set<string>();
  const writeOutcome = (
    record: TurnRecord,
    guard: { from: readonly TurnState[]; fence?: number },
    outcome: TurnOutcome,
    outgoing: Readonly<Outgoing> = EMPTY_OUTGOING,
  ): boolean => {
    if (owedOutcomes.has(record.id)) return false;
    let written = true;
    const landed = storage.writeOrOwe(`outcome of turn ${record.id}`, () => {
      written = writeOutcomeNow(record, guard, outcome, outgoing);
      owedOutcomes.delete(record.id);
    });
    if (!landed) owedOutcomes.add(record.id);
    return written;
  };

  const writeOutcomeNow = (
    record: TurnRecord,
    guard: { from: readonly TurnState[]; fence?: number },
    outcome: TurnOutcome,
    outgoing: Readonly<Outgoing>,
  ): boolean => {
    const now = clock.now();
    const text = wordOutcome(record.language, outcome);
    const chat = chats.byRef(record.chatRef);
    const usage = withTriageCost(outcome.usage, record.triage);
    const final = events.prepareFinal(record.id, {
      type: "final",
      state: outcome.state,
      text,
      errorCode: outcome.errorCode,
      ...(outgoing.files.length > 0 && {
        files: outgoing.files.map((file) => toSummary({ ...file, direction: "out" })),
      }),
      usage,
    });
    let deliveryId: string | null = null;
    let beside: string[] = [];
    const written = deps.database.write((tx) => {
      const settled = turns.settle(tx, record.id, guard, {
        state: stateAfter(record, outcome),
        resultText: text,
        errorCode: outcome.errorCode,
        errorDetail: outcome.errorDetail,
        model: record.model,
        usage,
        now,
      });
      if (!settled) return false;
      const failed = outcome.state === "failed" || outcome.state === "interrupted";
      history.say({
        address: addressOf(chat),
        role: "assistant",
        content: text,
        source: failed ? "error" : historySource(record),
        userId: null,
        username: null,
        turnId: record.id,
        at: now,
      });
      if (record.conversationId) {
        chats.recordTurn(tx, record.conversationId, {
          title: titleOf(record.prompt),
          costMicroUsd: Math.round((usage?.costUsd ?? 0) * 1_000_000),
          now,
        });
      }
      turns.insertEvents(tx, record.id, final.rows);
      if (record.deliver) {
        deliveryId = deliver(
          tx,
          chat,
          {
            turnId: record.id,
            kind: outcome.state === "done" ? "answer" : outcome.state === "cancelled" ? "notice" : "failure",
            text,
            actions: ACTIONS[outcome.state],
            replyToMessageId: record.replyToMessageId,
            // Read inside the transaction: the front end may have told it a moment ago.
            placeholderId: turns.find(record.id)?.placeholderMessageId ?? null,
          },
          now,
        );
      }
      const { deliver: isDelivered, replyToMessageId } = record;
      beside = writeOutgoing(tx, chat, outgoing, {
        turnId: record.id,
        deliver: isDelivered,
        replyToMessageId,
        now,
      });
      failpoint("result.before_commit");
      return true;
    });
    if (!written) return false;
    failpoint("result.after_commit");
    log.info(
      { turnId: record.id, botId: record.botId, state: outcome.state, errorCode: outcome.errorCode },
      "turn settled",
    );
    events.finish(record.id, final);
    failpoint("result.before_publish");
    for (const id of [deliveryId, ...beside]) publishDelivery(id);
    return true;
  };

  const journal: TurnJournal = {
    accept: (tx, turnId, request, now) => {
      const chat = chats.ensure(tx, request.address, request.language, now);
      turns.insert({
        id: turnId,
        chatRef: chat.id,
        source: request.source,
        language: request.language,
        state: "queued",
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
      history.say({
        address: request.address,
        role: "user",
        content: withAttachments(request.text, attached),
        source: historySource({ source: request.source }),
        userId: request.userId,
        username: request.userName,
        turnId,
        at: now,
      });
      return chat;
    },
    announce: (turnId) => {
      const record = turns.find(turnId);
      if (!record) throw new Error(`turn ${turnId} was not accepted`);
      events.open(record, true);
      if (record.deliver) hub.publish("turn_opened", { botId: record.botId, turnId });
      failpoint("turn.announced");
      return record;
    },
    next: (turnId) => {
      const record = turns.find(turnId);
      return record && WAITING_STATES.includes(record.state) ? record : null;
    },
    start: (waiting, conversationId) => {
      const mark = { bootId: deps.bootId, conversationId, now: clock.now() };
      // Losing this mark to a power cut loses nothing: the turn would wait again, and a tool's own mark is durable.
      const taken = orNoted(() => deps.database.writeUnsynced(() => turns.start(waiting.id, mark)));
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
    toolStarts: ({ record, fence }) => {
      failpoint("tool.before_mark");
      const marked = orNoted(() => turns.markTool(record.id, fence));
      if (marked === null) throw new Error("Steward's database cannot be written right now");
      if (!marked) throw new Error(`turn ${record.id} is not running any more`);
      record.startedTools = true;
      failpoint("tool.after_mark");
    },
    retry: ({ record, fence }, reason) => {
      if (owedOutcomes.has(record.id)) return false;
      const current = turns.find(record.id) ?? record;
      if (current.startedTools || current.attempt > 1) return false;
      if (orNoted(() => turns.requeue(record.id, fence)) !== true) return false;
      log.warn({ turnId: record.id, reason }, "turn requeued: no tool had started");
      return true;
    },
    putBack: ({ record, fence }) => {
      if (owedOutcomes.has(record.id)) return false;
      if (orNoted(() => turns.putBack(record.id, fence)) !== true) return false;
      // What it may have said so far is gone.
      if (events.live(record.id)?.text) events.append(record.id, { type: "text", offset: 0, text: "" });
      return true;
    },
    settle: ({ record, fence }, outcome, outgoing) =>
      writeOutcome(record, { from: ["running"], fence }, outcome, outgoing),
    settleWaiting: (turnId, outcome) => {
      const record = turns.find(turnId);
      return record !== null && writeOutcome(record, { from: WAITING_STATES }, outcome);
    },
    recover: (running, { partialText, reason, detail, outgoing }) => {
      if (journal.retry(running, reason)) return "requeued";
      const outcome: TurnOutcome = {
        state: "interrupted",
        text: partialText,
        errorCode: reason,
        errorDetail: detail,
        usage: null,
      };
      journal.settle(running, outcome, outgoing);
      return "ended";
    },
    notify: (chat, key, params) => {
      const now = clock.now();
      const text = translate(chat.language, key, params);
      storage.writeOrOwe("notice", () => {
        const id = deps.database.write((tx) =>
          deliver(
            tx,
            chat,
            { turnId: null, kind: "notice", text, actions: [], replyToMessageId: null, placeholderId: null },
            now,
          ),
        );
        publishDelivery(id);
      });
    },
    volunteer: (chat, text, toOutbox, outgoing = EMPTY_OUTGOING) => {
      const now = clock.now();
      storage.writeOrOwe("unasked result", () => {
        const written = deps.database.write((tx) => {
          history.say({
            address: addressOf(chat),
            role: "assistant",
            content: text,
            source: "background",
            userId: null,
            username: null,
            turnId: null,
            at: now,
          });
          const own = { turnId: null, replyToMessageId: null };
          const said = toOutbox
            ? [deliver(tx, chat, { ...own, kind: "answer", text, actions: [], placeholderId: null }, now)]
            : [];
          return [...said, ...writeOutgoing(tx, chat, outgoing, { ...own, deliver: toOutbox, now })];
        });
        for (const id of written) publishDelivery(id);
      });
    },
    sendFiles: (chat, outgoing, { turnId, toOutbox }) => {
      const now = clock.now();
      storage.writeOrOwe("files", () => {
        const written = deps.database.write((tx) =>
          writeOutgoing(tx, chat, outgoing, { turnId, deliver: toOutbox, replyToMessageId: null, now }),
        );
        for (const id of written) publishDelivery(id);
      });
    },
  };
  return journal;
};

/** What the history says of files: their names, below the words they came with. */
const withAttachments = (text: string, attached: readonly { originalName: string }[]): string => {
  if (attached.length === 0) return text;
  const names = attached.map(({ originalName }) => `📎 ${shownFileName(originalName)}`).join("\n");
  return text.trim() === "" ? names : `${text}\n\n${names}`;
};

/** The first line of the prompt, as a list of conversations can show it. */
const titleOf = (prompt: string): string => {
  const line = prompt.trim().split("\n", 1)[0] ?? "";
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
};
