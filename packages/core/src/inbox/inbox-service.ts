import { DomainError } from "@steward/contract/errors";
import type { ChatAddress } from "@steward/contract/ids";
import type { InboxResult, InboxUpdate } from "@steward/contract/inbox";
import { MAX_PROMPT_BYTES } from "@steward/contract/turns";
import type { Clock } from "@steward/platform/clock";
import { failpoint } from "@steward/platform/failpoint";
import type { Ids } from "@steward/platform/ids";
import type { InboxState } from "@steward/schema/enums";
import type { DatabaseOrTransaction, OpenDatabase } from "@steward/schema/sqlite";
import { bots, inbox } from "@steward/schema/tables";
import { and, asc, eq } from "drizzle-orm";
import type { ChatRecord, ChatRepository } from "../chats/chat-repository.ts";
import type { EventHub } from "../events/event-hub.ts";
import type { RateRefusal, TurnRates } from "../limits/turn-rates.ts";
import type { QueueRoom } from "../turns/queue-room.ts";
import type { TurnJournal } from "../turns/turn-journal.ts";
import type { SubmitTurn, TurnQueues } from "../turns/turn-service.ts";
import { createFullQueueNotices } from "./full-queue-notices.ts";

export interface InboxService {
  /** Commits every update (and the turns of prompts) in one transaction. Repeating a batch answers the same. */
  accept(botId: string, updates: readonly InboxUpdate[]): { ackedThrough: number; results: InboxResult[] };
  /** Ends a pending row. A row that has already ended keeps its state, which is answered. Throws not_found. */
  settle(inboxId: number, state: "handled" | "ignored" | "dead", detail: string): InboxState;
  /** Rows that the front end has not settled, oldest first. */
  pending(botId: string): { inboxId: number; update: InboxUpdate }[];
}

type InboxRow = typeof inbox.$inferSelect;

/** Kinds that the front end handles and then settles. */
const HANDLED_BY_FRONT_END: readonly InboxUpdate["kind"][] = [
  "command",
  "callback",
  "edit",
  "membership",
  "unsupported",
];

export const createInboxService = (deps: {
  database: OpenDatabase;
  journal: TurnJournal;
  queues: TurnQueues;
  hub: EventHub;
  clock: Clock;
  ids: Ids;
  isAllowed: (botId: string, userId: string) => boolean;
  room: QueueRoom;
  rates: TurnRates;
  chats: ChatRepository;
  accepting: () => boolean;
}): InboxService => {
  const { database, journal, clock, hub } = deps;

  const notices = createFullQueueNotices(journal);

  /** The state a new row begins with, and the turn of a prompt that is let in. */
  const judge = (
    botId: string,
    update: InboxUpdate,
    batch: readonly SubmitTurn[],
  ): { state: InboxState; detail: string; turn?: SubmitTurn; verdict?: RateRefusal } => {
    if (update.kind === "malformed") return { state: "dead", detail: update.reason ?? "malformed" };
    if (update.kind === "denied") return { state: "ignored", detail: update.reason ?? "denied" };
    const { chat, sender } = update;
    // The front end has a gate of its own; this one counts. It fails closed.
    if (!chat || !sender || !deps.isAllowed(botId, sender.id))
      return { state: "ignored", detail: "not_paired" };
    if (HANDLED_BY_FRONT_END.includes(update.kind)) return { state: "pending", detail: "" };
    const address = { botId, chatId: chat.id, threadId: chat.threadId };
    const ofThisChat = batch.filter((turn) => isSameChat(turn.address, address)).length;
    if (deps.room.isFull(address, ofThisChat)) return { state: "dead", detail: "queue_full" };
    const text = withQuote(update);
    if (Buffer.byteLength(text) > MAX_PROMPT_BYTES) return { state: "dead", detail: "prompt_too_long" };
    const verdict = deps.rates.take({ ...address, userId: sender.id, byToken: false });
    if (!verdict.allowed) return { state: "dead", detail: "rate_limited", verdict };
    const turn: SubmitTurn = {
      address,
      text,
      source: "telegram",
      language: sender.language,
      userId: sender.id,
      userName: sender.name ?? sender.username,
      replyToMessageId: update.messageId,
      idempotencyKey: null,
      deliver: true,
    };
    return { state: "turn", detail: "", turn };
  };

  /** `batch`: the turns that this batch has made so far; they stand in no queue yet. */
  const insert = (
    tx: DatabaseOrTransaction,
    botId: string,
    update: InboxUpdate,
    batch: SubmitTurn[],
    now: number,
  ) => {
    const { state, detail, turn, verdict } = judge(botId, update, batch);
    const turnId = turn ? deps.ids.uuid7() : null;
    const row = tx
      .insert(inbox)
      .values({
        botId,
        updateId: update.updateId,
        kind: update.kind,
        state,
        detail,
        turnId,
        // What was not let in is counted, not kept.
        payload: state === "ignored" || detail === "prompt_too_long" ? null : JSON.stringify(update),
        receivedAt: now,
        settledAt: state === "pending" ? null : now,
      })
      .returning()
      .get();
    if (turn && turnId) {
      journal.accept(tx, turnId, turn, now);
      batch.push(turn);
    }
    return { row, refusal: verdict };
  };

  const known = (tx: DatabaseOrTransaction, botId: string, updateId: number): InboxRow | undefined =>
    tx
      .select()
      .from(inbox)
      .where(and(eq(inbox.botId, botId), eq(inbox.updateId, updateId)))
      .get();

  const advanceCursor = (
    tx: DatabaseOrTransaction,
    botId: string,
    ackedThrough: number,
    now: number,
  ): void => {
    const fresh = { state: "unknown" as const, stateAt: now, createdAt: now, kind: "telegram" as const };
    tx.insert(bots)
      .values({ id: botId, ...fresh, ackedThrough, ackedAt: now })
      .onConflictDoUpdate({ target: bots.id, set: { ackedThrough, ackedAt: now } })
      .run();
  };

  const chatOf = (botId: string, { chat, sender }: InboxUpdate, now: number): ChatRecord | null => {
    if (!chat || !sender) return null;
    const address = { botId, chatId: chat.id, threadId: chat.threadId };
    return database.write((tx) => deps.chats.ensure(tx, address, sender.language, now));
  };
  const refuse = (botId: string, update: InboxUpdate, now: number): void => {
    const chat = chatOf(botId, update, now);
    if (chat) notices.refused(chat);
  };

  return {
    accept: (botId, updates) => {
      if (!deps.accepting())
        throw new DomainError("shutting_down", "Steward is stopping; send this again in a moment");
      const now = clock.now();
      const ackedThrough = Math.max(...updates.map((update) => update.updateId));
      const fresh: { row: InboxRow; update: InboxUpdate; refusal: RateRefusal | undefined }[] = [];
      const batch: SubmitTurn[] = [];
      const results = database.write((tx) => {
        const answered = updates.map((update): InboxResult => {
          const earlier = known(tx, botId, update.updateId);
          if (earlier) return toResult(earlier, true);
          const inserted = insert(tx, botId, update, batch, now);
          fresh.push({ ...inserted, update });
          return toResult(inserted.row, false);
        });
        advanceCursor(tx, botId, ackedThrough, now);
        failpoint("inbox.before_commit");
        return answered;
      });
      failpoint("inbox.after_commit");
      for (const { row, update, refusal } of fresh) {
        if (row.turnId) {
          const record = journal.announce(row.turnId);
          notices.letIn(record.chatRef);
          deps.queues.enqueue(record);
        } else if (row.state === "pending") {
          hub.publish("update_pending", { botId, inboxId: row.id, update });
        } else if (row.detail === "queue_full") {
          refuse(botId, update, now);
        } else if (row.detail === "prompt_too_long" && update.chat) {
          const address = { botId, chatId: update.chat.id, threadId: update.chat.threadId };
          const language = update.sender?.language ?? "en";
          const chat = database.write((tx) => deps.chats.ensure(tx, address, language, now));
          journal.notify(chat, "error.prompt_too_long");
        } else if (refusal?.isFirst) {
          const chat = chatOf(botId, update, now);
          const seconds = Math.ceil(refusal.retryAfterMs / 1_000);
          if (chat) journal.notify(chat, "notice.rate_limited", { seconds });
        }
      }
      failpoint("inbox.before_answer");
      return { ackedThrough, results };
    },
    settle: (inboxId, state, detail) => {
      const changed = database.db
        .update(inbox)
        .set({ state, detail, settledAt: clock.now() })
        .where(and(eq(inbox.id, inboxId), eq(inbox.state, "pending")))
        .run().changes;
      if (changed === 1) return state;
      const row = database.db.select().from(inbox).where(eq(inbox.id, inboxId)).get();
      if (!row) throw new DomainError("not_found", "Update not found");
      return row.state as InboxState;
    },
    pending: (botId) =>
      database.db
        .select()
        .from(inbox)
        .where(and(eq(inbox.botId, botId), eq(inbox.state, "pending")))
        .orderBy(asc(inbox.id))
        .all()
        .flatMap((row) =>
          row.payload ? [{ inboxId: row.id, update: JSON.parse(row.payload) as InboxUpdate }] : [],
        ),
  };
};

const isSameChat = (a: ChatAddress, b: ChatAddress): boolean =>
  a.botId === b.botId && a.chatId === b.chatId && a.threadId === b.threadId;

const toResult = (row: InboxRow, duplicate: boolean): InboxResult => ({
  updateId: row.updateId,
  inboxId: row.id,
  state: row.state as InboxState,
  turnId: row.turnId,
  duplicate,
});

/** What was replied to reaches the agent as a quote before the text. */
const withQuote = (update: InboxUpdate): string =>
  update.replyTo ? `[Replying to: ${JSON.stringify(update.replyTo.text)}]\n\n${update.text}` : update.text;
