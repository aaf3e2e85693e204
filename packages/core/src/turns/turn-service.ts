import { createHash } from "node:crypto";
import { DomainError } from "@steward/contract/errors";
import type { FileSummary } from "@steward/contract/files";
import type { ChatAddress } from "@steward/contract/ids";
import { translate } from "@steward/contract/messages";
import { MAX_PROMPT_BYTES, type Turn } from "@steward/contract/turns";
import type { Clock } from "@steward/platform/clock";
import { failpoint } from "@steward/platform/failpoint";
import type { Ids } from "@steward/platform/ids";
import type { TurnState } from "@steward/schema/enums";
import type { OpenDatabase } from "@steward/schema/sqlite";
import type { DeliveryRepository } from "../deliveries/delivery-repository.ts";
import type { EventHub } from "../events/event-hub.ts";
import { type FileRepository, toSummary } from "../files/file-repository.ts";
import type { TurnRates } from "../limits/turn-rates.ts";
import { readDecision } from "../triage/decision.ts";
import type { IdempotencyRepository } from "./idempotency-repository.ts";
import type { QueueRoom } from "./queue-room.ts";
import type { TurnEventLog } from "./turn-event-log.ts";
import type { TurnJournal } from "./turn-journal.ts";
import { isSettled, type TurnRecord } from "./turn-record.ts";
import type { TurnRepository } from "./turn-repository.ts";
import type { SubmitTurn, TurnQueues, TurnStreamItem } from "./turn-types.ts";

export interface SubmittedTurn {
  turnId: string;
  state: TurnState;
  /** The key was seen before: nothing new was started. */
  duplicate: boolean;
}

export interface TurnService {
  /**
   * Durable when it returns. `alongside` runs in the transaction that accepts the turn, and not for a repeated one.
   * Throws DomainError: queue_full, rate_limited, shutting_down, idempotency_mismatch, not_found (a file).
   */
  submit(request: SubmitTurn, alongside?: (turnId: string) => void): SubmittedTurn;
  get(turnId: string): Turn | null;
  /** A deliberate second run of an ended turn. Throws not_found, conflict (not ended), and what submit throws. */
  retry(turnId: string, mode: "retry" | "continue", idempotencyKey: string): SubmittedTurn;
  /** The first message wins; answers the one that counts. Throws not_found. */
  setPlaceholder(turnId: string, messageId: number, replaces?: number): number;
  /**
   * Pushes the log after chunk `afterN` (null = from the start; an unknown or future n starts over), then live events.
   * `sink` gets null once after the final event. Returns the detach function. Throws not_found.
   */
  subscribe(turnId: string, afterN: number | null, sink: (item: TurnStreamItem | null) => void): () => void;
  /** Resolves with the turn in its terminal state; rejects only when `signal` aborts. */
  waitForEnd(turnId: string, signal?: AbortSignal): Promise<Turn>;
  /** Takes a still waiting turn out of its queue, atomically; false when it already runs or ended. */
  withdraw(
    turnId: string,
    errorCode: "queue_wait_timeout" | "queue_held" | "turn_cancelled" | "turn_dropped",
    params?: Record<string, string>,
  ): boolean;
}

export const createTurnService = (deps: {
  database: OpenDatabase;
  turns: TurnRepository;
  keys: IdempotencyRepository;
  deliveries: DeliveryRepository;
  journal: TurnJournal;
  events: TurnEventLog;
  queues: TurnQueues;
  hub: EventHub;
  clock: Clock;
  ids: Ids;
  room: QueueRoom;
  chatRefOf: (address: ChatAddress) => number | null;
  files: Pick<FileRepository, "byIds" | "sentBy">;
  rates: TurnRates;
  /** False once the service is stopping. */
  accepting: () => boolean;
}): TurnService => {
  const { turns, journal, events, queues, hub, clock, ids } = deps;

  const require = (turnId: string): TurnRecord => {
    const record = turns.find(turnId);
    if (!record) throw new DomainError("not_found", "Turn not found");
    return record;
  };

  const assertRoom = (address: ChatAddress): void => {
    if (!deps.accepting())
      throw new DomainError("shutting_down", "Steward is stopping; send this again in a moment");
    if (deps.room.isFull(address)) {
      throw new DomainError("queue_full", "Too many messages are waiting; try again when some are answered");
    }
  };

  const assertFiles = ({ address, fileIds = [] }: SubmitTurn): void => {
    if (fileIds.length === 0) return;
    const chatRef = deps.chatRefOf(address);
    const known = deps.files.byIds(fileIds);
    // An id is a route, not a right: another chat's file is not there.
    const own = known.filter((file) => file.chatRef === chatRef && file.direction === "in");
    if (own.length < fileIds.length) throw new DomainError("not_found", "A file was not found in this chat");
  };

  const filesOf = (record: TurnRecord): FileSummary[] =>
    [...deps.files.byIds(record.fileIds), ...deps.files.sentBy(record)].map(toSummary);

  /** After the room: what is refused for want of it costs nothing of the rate. */
  const assertRate = ({ address, userId, deliver }: SubmitTurn): void => {
    const verdict = deps.rates.take({ ...address, userId, byToken: !deliver });
    if (verdict.allowed) return;
    const seconds = Math.ceil(verdict.retryAfterMs / 1_000);
    throw new DomainError("rate_limited", `Too many messages in a short time; try again in ${seconds} s`, {
      params: { seconds },
    });
  };

  /** The turn that this key already stands for. */
  const repeated = (request: SubmitTurn, digest: string): SubmittedTurn | null => {
    const key = request.idempotencyKey;
    const known = key ? deps.keys.find(key.scope, key.key) : null;
    if (!known) return null;
    if (known.digest !== digest) {
      throw new DomainError("idempotency_mismatch", "This Idempotency-Key was used for something else");
    }
    return { turnId: known.turnId, state: require(known.turnId).state, duplicate: true };
  };

  const service: TurnService = {
    submit: (request, alongside) => {
      const digest = digestOf(request);
      const known = repeated(request, digest);
      if (known) return known;
      // Every door has refused it in its own words by now; this one is for doors to come.
      if (Buffer.byteLength(request.text) > MAX_PROMPT_BYTES) {
        throw new DomainError("prompt_too_long", "A prompt must be at most 1 MiB of UTF-8");
      }
      assertRoom(request.address);
      assertFiles(request);
      const turnId = ids.uuid7();
      const now = clock.now();
      deps.rates.unlessThrown(() => {
        assertRate(request);
        deps.database.write((tx) => {
          journal.accept(tx, turnId, request, now);
          if (request.idempotencyKey) {
            deps.keys.insert({ ...request.idempotencyKey, digest, turnId, createdAt: now });
          }
          alongside?.(turnId);
          failpoint("turn.before_commit");
        });
      });
      failpoint("turn.after_commit");
      queues.enqueue(journal.announce(turnId));
      return { turnId, state: turns.stateOf(turnId) ?? "queued", duplicate: false };
    },
    get: (turnId) => {
      const record = turns.find(turnId);
      if (!record) return null;
      return toTurn(record, events.live(turnId)?.text ?? null, queues.position(record), filesOf(record));
    },
    retry: (turnId, mode, idempotencyKey) => {
      const ended = require(turnId);
      if (!isSettled(ended.state)) throw new DomainError("conflict", "This turn has not ended yet");
      if (mode === "retry" && ended.prompt === "" && ended.fileIds.length === 0)
        throw new DomainError("prompt_deleted", "What this turn was asked has been deleted");
      return service.submit({
        address: { botId: ended.botId, chatId: ended.chatId, threadId: ended.threadId },
        text: mode === "retry" ? ended.prompt : translate(ended.language, "turn.continue_prompt"),
        // What was deleted since does not hold the rest up.
        fileIds: deps.files.byIds(ended.fileIds).map(({ id }) => id),
        source: ended.source,
        language: ended.language,
        userId: ended.userId,
        userName: ended.userName,
        replyToMessageId: ended.replyToMessageId,
        idempotencyKey: { scope: `retry:${turnId}`, key: idempotencyKey },
        deliver: ended.deliver,
      });
    },
    setPlaceholder: (turnId, messageId, replaces) => {
      const kept = deps.database.write(() => {
        const standing = turns.setPlaceholder(turnId, messageId, replaces ?? null);
        if (standing === null) throw new DomainError("not_found", "Turn not found");
        // The result may have been saved before the front end could tell where its message stands.
        for (const delivery of deps.deliveries.ofTurn(turnId)) {
          const known = delivery.placeholderIds[0] ?? null;
          if (delivery.state !== "pending" || (known !== null && known !== replaces)) continue;
          deps.deliveries.setPlaceholderIds(delivery.id, [standing, ...delivery.placeholderIds.slice(1)]);
        }
        failpoint("placeholder.before_commit");
        return standing;
      });
      failpoint("placeholder.after_commit");
      return kept;
    },
    subscribe: (turnId, afterN, sink) => {
      require(turnId);
      return events.subscribe(turnId, afterN, sink);
    },
    waitForEnd: (turnId, signal) =>
      new Promise((resolve, reject) => {
        const finish = () => {
          const record = require(turnId);
          resolve(toTurn(record, null, null, filesOf(record)));
        };
        if (isSettled(require(turnId).state)) return finish();
        const abort = () => {
          detach();
          reject(signal?.reason as Error);
        };
        const detach = hub.subscribe("turn_settled", (settled) => {
          if (settled.turnId !== turnId) return;
          detach();
          signal?.removeEventListener("abort", abort);
          finish();
        });
        if (signal?.aborted) abort();
        else signal?.addEventListener("abort", abort, { once: true });
      }),
    withdraw: (turnId, errorCode, params) => {
      const record = turns.find(turnId);
      if (!record || !queues.withdraw(record)) return false;
      return journal.settleWaiting(turnId, {
        state: errorCode === "turn_cancelled" || errorCode === "turn_dropped" ? "cancelled" : "failed",
        text: "",
        errorCode,
        errorParams: { seconds: Math.round((clock.now() - record.receivedAt) / 1000), ...params },
        errorDetail: null,
      });
    },
  };
  return service;
};

const digestOf = ({ address, text, source, fileIds = [] }: SubmitTurn): string =>
  createHash("sha256")
    .update(JSON.stringify([address, text, source, ...fileIds]))
    .digest("hex");

/** A record as the wire shows it. `liveText` is what a running turn has said so far. */
const toTurn = (
  record: TurnRecord,
  liveText: string | null,
  queuePosition: number | null,
  files: FileSummary[],
): Turn => ({
  id: record.id,
  botId: record.botId,
  chatId: record.chatId,
  threadId: record.threadId,
  conversationId: record.conversationId,
  source: record.source,
  state: record.state,
  attempt: record.attempt,
  prompt: record.prompt,
  text: liveText ?? record.resultText,
  startedTools: record.startedTools,
  errorCode: record.errorCode,
  errorDetail: record.errorDetail,
  usage:
    !isSettled(record.state) || (record.inputTokens === null && record.costMicroUsd === null)
      ? null
      : {
          inputTokens: record.inputTokens ?? 0,
          outputTokens: record.outputTokens ?? 0,
          cacheReadTokens: record.cacheReadTokens ?? 0,
          cacheCreationTokens: record.cacheCreationTokens ?? 0,
          costUsd: (record.costMicroUsd ?? 0) / 1_000_000,
        },
  model: record.model,
  triage: readDecision(record.triage),
  receivedAt: record.receivedAt,
  startedAt: record.startedAt,
  finishedAt: record.finishedAt,
  queuePosition,
  files,
});
