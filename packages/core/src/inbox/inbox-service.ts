import { DomainError } from "@steward/contract/errors";
import type { ChatAddress } from "@steward/contract/ids";
import type { InboxResult, InboxUpdate } from "@steward/contract/inbox";
import type { Clock } from "@steward/platform/clock";
import { failpoint } from "@steward/platform/failpoint";
import type { Ids } from "@steward/platform/ids";
import type { InboxState } from "@steward/schema/enums";
import type { DatabaseOrTransaction, OpenDatabase } from "@steward/schema/sqlite";
import type { TurnRates } from "../limits/turn-rates.ts";
import type { QueueRoom } from "../turns/queue-room.ts";
import type { TurnJournal } from "../turns/turn-journal.ts";
import type { CommandOrder } from "./command-order.ts";
import type { CommittedRow } from "./inbox-aftermath.ts";
import { judgePrompt, judgeUpdate, type Prompt, type Refusal } from "./inbox-judge.ts";
import type { InboxRepository, InboxRow } from "./inbox-repository.ts";
import { promptOf } from "./prompt-of.ts";

export interface InboxService {
  /** Commits every update (and the turns of prompts) in one transaction. Repeating a batch answers the same. */
  accept(botId: string, updates: readonly InboxUpdate[]): { ackedThrough: number; results: InboxResult[] };
  /** Ends a pending row. A row that has already ended keeps its state, which is answered. Throws not_found. */
  settle(inboxId: number, state: "handled" | "ignored" | "dead", detail: string): InboxState;
  /** Rows that the front end has not settled, oldest first. */
  pending(botId: string): { inboxId: number; update: InboxUpdate }[];
}

export const createInboxService = (deps: {
  database: OpenDatabase;
  inbox: InboxRepository;
  journal: TurnJournal;
  /** What follows from rows once they are committed. */
  follow: (rows: readonly CommittedRow[]) => void;
  order: Pick<CommandOrder, "settled">;
  clock: Clock;
  ids: Ids;
  isAllowed: (botId: string, userId: string) => boolean;
  /** The question of the agent's that a reply to this message answers. */
  repliedTo: (address: ChatAddress, messageId: number, userId: string) => string | null;
  room: QueueRoom;
  rates: TurnRates;
  accepting: () => boolean;
}): InboxService => {
  const { database, inbox, journal, clock } = deps;

  /** `batch`: the chats of the turns that this batch has made so far; they stand in no queue yet. */
  const insert = (
    tx: DatabaseOrTransaction,
    botId: string,
    update: InboxUpdate,
    batch: ChatAddress[],
    now: number,
  ): CommittedRow => {
    const judged = judgeUpdate(update, (userId) => deps.isAllowed(botId, userId));
    const refuse = ({ state, detail, rate }: Refusal): CommittedRow => {
      const keepsPayload = state !== "ignored" && detail !== "prompt_too_long";
      const row = { botId, update, state, detail, turnId: null, receivedAt: now, keepsPayload };
      return { row: inbox.insert(tx, row), update, duplicate: false, rate };
    };
    if (!("prompt" in judged)) return refuse(judged);
    const { prompt } = judged;
    const address = { botId, chatId: prompt.chat.id, threadId: prompt.chat.threadId };
    const { replyTo, sender } = prompt;
    const approvalId = replyTo && deps.repliedTo(address, replyTo.messageId, sender.id);
    // Its answer follows the commit. A crash in between loses nothing: it ends the question as well.
    if (approvalId) return { ...refuse({ state: "handled", detail: "answer" }), approvalId };
    const ofThisChat = batch.filter((other) => isSameChat(other, address)).length;
    const refusal = judgePrompt(prompt, address, {
      isFull: () => deps.room.isFull(address, ofThisChat),
      takeRate: deps.rates.take,
    });
    if (refusal) return refuse(refusal);
    const turnId = deps.ids.uuid7();
    journal.accept(tx, turnId, turnOf(prompt, address), now);
    batch.push(address);
    const row = { botId, update, state: "turn" as const, detail: "", turnId, receivedAt: now };
    return {
      row: inbox.insert(tx, { ...row, keepsPayload: true }),
      update,
      duplicate: false,
      rate: undefined,
    };
  };

  const commit = (botId: string, updates: readonly InboxUpdate[]): CommittedRow[] => {
    const now = clock.now();
    const batch: ChatAddress[] = [];
    return database.write((tx) => {
      const rows = updates.map((update): CommittedRow => {
        const earlier = inbox.known(tx, botId, update.updateId);
        if (earlier) return { row: earlier, update, duplicate: true, rate: undefined };
        return insert(tx, botId, update, batch, now);
      });
      inbox.advanceCursor(tx, botId, lastOf(updates), now);
      failpoint("inbox.before_commit");
      return rows;
    });
  };

  return {
    accept: (botId, updates) => {
      if (!deps.accepting())
        throw new DomainError("shutting_down", "Steward is stopping; send this again in a moment");
      // What is rolled back comes again, and must not have used anything up.
      const rows = deps.rates.unlessThrown(() => commit(botId, updates));
      failpoint("inbox.after_commit");
      deps.follow(rows);
      failpoint("inbox.before_answer");
      return {
        ackedThrough: lastOf(updates),
        results: rows.map(({ row, duplicate }) => toResult(row, duplicate)),
      };
    },
    settle: (inboxId, state, detail) => {
      const isFirst = inbox.settle(inboxId, state, detail, clock.now());
      deps.order.settled(inboxId);
      if (isFirst) return state;
      const row = inbox.find(inboxId);
      if (!row) throw new DomainError("not_found", "Update not found");
      return row.state as InboxState;
    },
    pending: inbox.pending,
  };
};

const turnOf = (prompt: Prompt, address: ChatAddress) => ({
  address,
  text: promptOf(prompt),
  source: "telegram" as const,
  language: prompt.sender.language,
  userId: prompt.sender.id,
  userName: prompt.sender.name ?? prompt.sender.username,
  replyToMessageId: prompt.messageId,
  idempotencyKey: null,
  deliver: true,
});

const lastOf = (updates: readonly InboxUpdate[]): number =>
  Math.max(...updates.map(({ updateId }) => updateId));

const isSameChat = (a: ChatAddress, b: ChatAddress): boolean =>
  a.botId === b.botId && a.chatId === b.chatId && a.threadId === b.threadId;

const toResult = (row: InboxRow, duplicate: boolean): InboxResult => ({
  updateId: row.updateId,
  inboxId: row.id,
  state: row.state as InboxState,
  turnId: row.turnId,
  duplicate,
});
