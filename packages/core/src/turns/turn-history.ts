import { DomainError } from "@steward/contract/errors";
import type { ChatAddress } from "@steward/contract/ids";
import type { RecalledNote, TURN_FILTERS, TurnSummary, TurnTrace } from "@steward/contract/turn-history";
import { TERMINAL_TURN_STATES, type TurnState } from "@steward/schema/enums";
import type { Database } from "@steward/schema/sqlite";
import { chats, deliveries, idempotencyKeys, inbox, turns } from "@steward/schema/tables";
import { and, asc, desc, eq, inArray, isNotNull, or, type SQL, sql } from "drizzle-orm";
import type { ChatRepository } from "../chats/chat-repository.ts";
import type { DeliveryAttempts } from "../deliveries/delivery-attempts.ts";
import type { FileRepository } from "../files/file-repository.ts";
import type { DescribeRecalls } from "../recall/describe-recalls.ts";
import { composeTrace } from "./compose-trace.ts";
import type { TurnEventRepository } from "./turn-event-repository.ts";
import { type TurnRecord, type TurnRow, WAITING_STATES } from "./turn-record.ts";
import type { TurnQueues } from "./turn-types.ts";

type TurnFilter = (typeof TURN_FILTERS)[number];

export interface TurnHistory {
  /** A chat's turns: `waiting` in the order in which they will run, everything else the latest first. */
  list(address: ChatAddress, only: TurnFilter, limit: number): TurnSummary[];
  /** What is written down of a turn's way. Throws not_found. */
  trace(which: { turnId: string } | { address: ChatAddress; messageId: number | undefined }): TurnTrace;
  /** The turn that a message of a chat belongs to, also one that has ended; null when it is none's. */
  turnOf(address: ChatAddress, messageId: number): string | null;
  /** What a turn was reminded of. Throws not_found. */
  recalls(turnId: string): RecalledNote[];
}

/** As much of a prompt as tells which one it was. */
const PROMPT_CHARACTERS = 200;

const STATES: Record<TurnFilter, readonly TurnState[] | null> = {
  all: null,
  waiting: WAITING_STATES,
  ended: [...TERMINAL_TURN_STATES, "result_saved", "delivering"],
  unanswered: [...TERMINAL_TURN_STATES, "result_saved", "delivering"],
};

export const createTurnHistory = (deps: {
  db: Database;
  chats: Pick<ChatRepository, "find">;
  queues: Pick<TurnQueues, "position">;
  chunks: Pick<TurnEventRepository, "after">;
  attempts: Pick<DeliveryAttempts, "of">;
  files: Pick<FileRepository, "byIds">;
  describeRecalls: DescribeRecalls;
}): TurnHistory => {
  const { db } = deps;
  const select = () =>
    db
      .select({ turn: turns, botId: chats.botId, chatId: chats.chatId, threadId: chats.threadId })
      .from(turns)
      .innerJoin(chats, eq(chats.id, turns.chatRef));
  type Joined = { turn: TurnRow } & ChatAddress;
  const toRecord = ({ turn, ...address }: Joined): TurnRecord => ({ ...turn, ...address });

  const find = (condition: SQL | undefined): TurnRecord | null => {
    const row = select().where(condition).orderBy(desc(turns.seq)).limit(1).get();
    return row === undefined ? null : toRecord(row);
  };

  /** Whoever wrote the message: the person whose prompt it was, or we with its status or answer. */
  const ofMessage = (address: ChatAddress, chatRef: number, messageId: number): TurnRecord | null => {
    const inChat = eq(turns.chatRef, chatRef);
    const direct = find(
      and(inChat, or(eq(turns.replyToMessageId, messageId), eq(turns.placeholderMessageId, messageId))),
    );
    if (direct !== null) return direct;
    const delivered = db
      .select({ turnId: deliveries.turnId })
      .from(deliveries)
      .where(
        and(
          eq(deliveries.chatRef, chatRef),
          sql`exists (select 1 from json_each(${deliveries.placeholderIds}) where value = ${messageId})`,
        ),
      )
      .get();
    if (delivered?.turnId) return find(eq(turns.id, delivered.turnId));
    // One of several messages that became one turn.
    const taken = db
      .select({ turnId: inbox.turnId })
      .from(inbox)
      .where(
        and(
          eq(inbox.botId, address.botId),
          sql`json_extract(${inbox.payload}, '$.messageId') = ${messageId}`,
          sql`json_extract(${inbox.payload}, '$.chat.id') = ${address.chatId}`,
        ),
      )
      .get();
    return taken?.turnId ? find(eq(turns.id, taken.turnId)) : null;
  };

  const wanted = (which: Parameters<TurnHistory["trace"]>[0]): TurnRecord | null => {
    if ("turnId" in which) return find(eq(turns.id, which.turnId));
    const chat = deps.chats.find(which.address);
    if (!chat) return null;
    if (which.messageId === undefined) return find(eq(turns.chatRef, chat.id));
    return ofMessage(which.address, chat.id, which.messageId);
  };

  /** What a person has run again since is in their new turn's hands. */
  const unanswered = and(
    isNotNull(turns.errorCode),
    sql`not exists (select 1 from ${idempotencyKeys} where ${idempotencyKeys.scope} = 'retry:' || ${turns.id})`,
  );

  return {
    list: (address, only, limit) => {
      const chat = deps.chats.find(address);
      if (!chat) return [];
      const states = STATES[only];
      const rows = select()
        .where(
          and(
            eq(turns.chatRef, chat.id),
            states === null ? undefined : inArray(turns.state, [...states]),
            only === "unanswered" ? unanswered : undefined,
          ),
        )
        .orderBy(...order(only))
        .limit(limit)
        .all()
        .map(toRecord);
      if (only !== "waiting") return rows.map(summarize);
      const placeOf = (record: TurnRecord): number =>
        deps.queues.position(record) ?? Number.POSITIVE_INFINITY;
      return rows
        .map((record) => ({ record, place: placeOf(record) }))
        .sort((a, b) => (a.place === b.place ? a.record.seq - b.record.seq : a.place - b.place))
        .map(({ record }) => summarize(record));
    },
    turnOf: (address, messageId) => wanted({ address, messageId })?.id ?? null,
    recalls: (turnId) => {
      const record = wanted({ turnId });
      if (record === null) throw new DomainError("not_found", "There is no such turn");
      return deps.describeRecalls(record.id);
    },
    trace: (which) => {
      const record = wanted(which);
      if (record === null) throw new DomainError("not_found", "There is no such turn");
      const outgoing = db
        .select()
        .from(deliveries)
        .where(eq(deliveries.turnId, record.id))
        .orderBy(deliveries.seq)
        .all();
      const came = db
        .select({ payload: inbox.payload, receivedAt: inbox.receivedAt })
        .from(inbox)
        .where(and(eq(inbox.turnId, record.id), isNotNull(inbox.payload)))
        .orderBy(inbox.id)
        .all();
      return composeTrace({
        turn: record,
        summary: summarize(record),
        came,
        chunks: deps.chunks.after(record.id, 0),
        deliveries: outgoing.map((row) => ({ row, attempts: deps.attempts.of(row.id) })),
        recalls: deps.describeRecalls(record.id),
        files: deps.files.byIds(record.fileIds).map(({ originalName }) => originalName),
      });
    },
  };
};

/** What has ended is told from its end: a message that was taken out of the queue ended before those it had waited behind. */
const order = (only: TurnFilter): SQL[] => {
  if (only === "waiting") return [asc(turns.seq)];
  return only === "all" ? [desc(turns.seq)] : [desc(turns.finishedAt), desc(turns.seq)];
};

const summarize = (record: TurnRecord): TurnSummary => ({
  id: record.id,
  botId: record.botId,
  chatId: record.chatId,
  threadId: record.threadId,
  source: record.source,
  state: record.state,
  prompt: record.prompt.slice(0, PROMPT_CHARACTERS),
  errorCode: record.errorCode,
  tools: record.toolCount,
  costUsd: record.costMicroUsd === null ? null : record.costMicroUsd / 1_000_000,
  model: record.model,
  parked: record.parked,
  receivedAt: record.receivedAt,
  startedAt: record.startedAt,
  finishedAt: record.finishedAt,
});
