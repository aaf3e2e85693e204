import { DomainError } from "@steward/contract/errors";
import { type ChatAddress, isSameChat } from "@steward/contract/ids";
import type { InboxResult, InboxUpdate } from "@steward/contract/inbox";
import type { Clock } from "@steward/platform/clock";
import { failpoint } from "@steward/platform/failpoint";
import type { Ids } from "@steward/platform/ids";
import type { InboxState } from "@steward/schema/enums";
import type { DatabaseOrTransaction, OpenDatabase } from "@steward/schema/sqlite";
import type { AccessService } from "../access/access-service.ts";
import type { ChatMoves } from "../chats/chat-moves.ts";
import type { TurnRates } from "../limits/turn-rates.ts";
import type { MemorySayings } from "../memory/memory-sayings.ts";
import type { PlanReplies } from "../plans/plan-service.ts";
import type { QueueRoom } from "../turns/queue-room.ts";
import { GATHER_WINDOW_MS } from "../turns/turn-gathering.ts";
import type { TurnJournal } from "../turns/turn-journal.ts";
import type { TurnRecord } from "../turns/turn-record.ts";
import {
  albumsOf,
  BatchBursts,
  type Burst,
  continues,
  filesOf,
  grown,
  isCut,
  jointBetween,
} from "./bursts.ts";
import type { CommandOrder } from "./command-order.ts";
import type { CommittedRow } from "./inbox-aftermath.ts";
import type { JudgedEdit } from "./inbox-edits.ts";
import { judgePrompt, judgeUpdate, type Prompt, type Refusal } from "./inbox-judge.ts";
import type { InboxRepository, InboxRow, NewInboxRow } from "./inbox-repository.ts";
import { promptOf } from "./prompt-of.ts";

export interface InboxService {
  /**
   * Commits every update (and the turns of prompts) in one transaction. Repeating a batch answers the same.
   *
   * @param afterAnswer when to do what follows from it (turns go to their queues, front ends are told); at once when not
   *   given. Whoever waits for the answer tells a person that their message is safe: that comes first.
   */
  accept(
    botId: string,
    updates: readonly InboxUpdate[],
    afterAnswer?: (work: () => void) => void,
  ): { ackedThrough: number; results: InboxResult[] };
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
  /** Which updates may do anything, and under which id their chats live on. */
  access: Pick<AccessService, "admit" | "presentId" | "membershipChanged">;
  moves: Pick<ChatMoves, "move">;
  /** The question of the agent's that a reply to this message answers. */
  repliedTo: (address: ChatAddress, messageId: number, userId: string) => string | null;
  room: QueueRoom;
  /** What an edit of a message comes to. */
  edit: (tx: DatabaseOrTransaction, botId: string, edit: Prompt, now: number) => JudgedEdit;
  /** Words that are no prompt to the agent but a wish about the memory, which is done at once. */
  memorySayings: MemorySayings;
  /** A plan that waits in the chat is confirmed by a word, and given up for any other. */
  plans: PlanReplies;
  /** Turns of the chat that still take a message in. */
  gathering: (address: ChatAddress) => readonly { record: TurnRecord; takesWords: boolean }[];
  rates: TurnRates;
  accepting: () => boolean;
}): InboxService => {
  const { database, inbox, journal, clock } = deps;

  /** Of turns that are still gathering, of earlier batches. */
  const gathered = (address: ChatAddress): Burst[] =>
    deps.gathering(address).flatMap(({ record, takesWords }): Burst[] => {
      const { id: turnId, prompt, userId, receivedAt } = record;
      const updates = inbox.updatesOf(turnId, receivedAt);
      const [first, last] = [updates.at(0), updates.at(-1)];
      if (!first || !last || userId === null) return [];
      const promptBytes = Buffer.byteLength(prompt);
      const { replyTo } = first;
      const files = updates.reduce((sum, update) => sum + filesOf(update), 0);
      const albums = updates.flatMap(albumsOf);
      const sent = { messages: updates.length, promptBytes, files, albums };
      return [{ turnId, address, senderId: userId, ...sent, replyTo, takesWords, last }];
    });

  /** What still names the chat as it was called before it moved. */
  const relocated = (botId: string, update: InboxUpdate): InboxUpdate => {
    const { chat, migration } = update;
    if (!chat || migration || chat.type === "private") return update;
    return { ...update, chat: { ...chat, id: deps.access.presentId(botId, chat.id) } };
  };

  const createInsert = (tx: DatabaseOrTransaction, botId: string, now: number) => {
    const bursts = new BatchBursts();
    /** The chats of the turns that this batch has made so far; they stand in no queue yet. */
    const newTurns: ChatAddress[] = [];
    const plain = { duplicate: false, joined: false, rate: undefined };

    const insert = (row: Pick<NewInboxRow, "update" | "state"> & Partial<NewInboxRow>): InboxRow =>
      inbox.insert({ botId, detail: "", turnId: null, receivedAt: now, keepsPayload: true, ...row });

    const refuse = (update: InboxUpdate, { state, detail, rate }: Refusal): CommittedRow => {
      // An edit's words stand with those that they replace, and are deleted with them.
      const keepsPayload = state !== "ignored" && detail !== "prompt_too_long" && update.kind !== "edit";
      return { ...plain, row: insert({ update, state, detail, keepsPayload }), update, rate };
    };

    const join = ({ turnId, last, files }: Burst, prompt: Prompt): CommittedRow => {
      // What the whole answers is quoted at its beginning.
      const text = promptOf({ ...prompt, replyTo: null }, { isRest: true });
      const joint = jointBetween(last, prompt);
      const replyToMessageId = prompt.messageId;
      // Files that are still on their way keep it open, whatever was said now.
      const until = gatherUntil(prompt, now) ?? (files > 0 ? now + GATHER_WINDOW_MS : null);
      const attachmentNames = namesOf(prompt);
      journal.extend(tx, turnId, { joint, text, replyToMessageId, gatherUntil: until, attachmentNames }, now);
      const row = insert({ update: prompt, state: "turn", turnId });
      return { ...plain, row, update: prompt, joined: true };
    };

    const begin = (prompt: Prompt, address: ChatAddress): CommittedRow => {
      const turnId = deps.ids.uuid7();
      const carriedOut = deps.plans.answered(tx, address, prompt.text, turnId);
      const asked = turnOf(prompt, address);
      // No edit of the word makes another plan of it.
      const turn = carriedOut === null ? asked : { ...asked, text: carriedOut, messageId: null };
      journal.accept(tx, turnId, { ...turn, gatherUntil: gatherUntil(prompt, now) }, now);
      newTurns.push(address);
      const promptBytes = Buffer.byteLength(turn.text);
      const [senderId, replyTo] = [prompt.sender.id, prompt.replyTo];
      const sent = { messages: 1, promptBytes, files: filesOf(prompt), albums: albumsOf(prompt) };
      bursts.note({ turnId, address, senderId, ...sent, replyTo, takesWords: true, last: prompt });
      return { ...plain, row: insert({ update: prompt, state: "turn", turnId }), update: prompt };
    };

    /** What Telegram says of the bot and its chats holds whoever caused it. */
    const noteMembership = (update: InboxUpdate): CommittedRow => {
      const { migration } = update;
      const after = migration
        ? deps.moves.move(tx, botId, migration).follow
        : deps.access.membershipChanged(tx, botId, update);
      const row = insert({ update, state: "handled", detail: "membership", keepsPayload: false });
      return { ...plain, row, update, after };
    };

    return (raw: InboxUpdate): CommittedRow => {
      const update = relocated(botId, raw);
      if (update.kind === "membership") return noteMembership(update);
      const judged = judgeUpdate(update, (each) => deps.access.admit(botId, each));
      const address = { botId, chatId: update.chat?.id ?? "", threadId: update.chat?.threadId ?? "" };
      if (!("prompt" in judged)) {
        if (judged.state === "pending") bursts.interrupt(address);
        return refuse(update, judged);
      }
      const { prompt } = judged;
      if (prompt.kind === "edit") {
        const { said, ...outcome } = deps.edit(tx, botId, prompt, now);
        return { ...refuse(update, outcome), said };
      }
      const { replyTo, sender } = prompt;
      // A question is answered in words; what comes with files is more than an answer.
      const mayAnswer = replyTo !== null && filesOf(prompt) === 0;
      const approvalId = mayAnswer && deps.repliedTo(address, replyTo.messageId, sender.id);
      if (approvalId) {
        bursts.interrupt(address);
        // Its answer follows the commit. A crash in between loses nothing: it ends the question as well.
        return { ...refuse(update, { state: "handled", detail: "answer" }), approvalId };
      }
      const open = [...gathered(address), ...bursts.in(address)];
      const standsAlone = prompt.interrupts || deps.plans.isConfirmation(address, prompt.text);
      const burst = standsAlone ? undefined : open.findLast((candidate) => continues(candidate, prompt));
      if (burst) {
        bursts.note(grown(burst, prompt));
        return join(burst, prompt);
      }
      bursts.interrupt(address);
      const noted = deps.memorySayings(tx, address, prompt, now);
      if (noted) return { ...refuse(update, { state: "handled", detail: noted.detail }), said: noted.said };
      const ofThisChat = newTurns.filter((other) => isSameChat(other, address)).length;
      const refusal = judgePrompt(prompt, address, {
        isFull: () => deps.room.isFull(address, ofThisChat),
        takeRate: deps.rates.take,
      });
      return refusal ? refuse(update, refusal) : begin(prompt, address);
    };
  };

  const commit = (botId: string, updates: readonly InboxUpdate[]): CommittedRow[] => {
    const now = clock.now();
    return database.write((tx) => {
      const insert = createInsert(tx, botId, now);
      const rows = updates.map((update): CommittedRow => {
        const earlier = inbox.known(botId, update.updateId);
        if (earlier) return { row: earlier, update, duplicate: true, joined: false, rate: undefined };
        return insert(update);
      });
      inbox.advanceCursor(botId, lastOf(updates), now);
      failpoint("inbox.before_commit");
      return rows;
    });
  };

  return {
    accept: (botId, updates, afterAnswer = (work) => work()) => {
      if (!deps.accepting())
        throw new DomainError("shutting_down", "Steward is stopping; send this again in a moment");
      // What is rolled back comes again, and must not have used anything up.
      const rows = deps.rates.unlessThrown(() => commit(botId, updates));
      failpoint("inbox.after_commit");
      afterAnswer(() => deps.follow(rows));
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
  messageId: prompt.messageId,
  isNext: prompt.interrupts === true,
  idempotencyKey: null,
  deliver: true,
  attachmentNames: namesOf(prompt),
});

const namesOf = ({ attachments = [] }: Prompt): string[] =>
  attachments.flatMap(({ ofReply, name }) => (ofReply ? [] : [name]));

/**
 * A message that its client has probably cut waits for the rest, an album for its further parts, and a file without a word
 * for the words that often follow. A file with its caption waits for itself alone.
 */
const gatherUntil = (prompt: Prompt, now: number): number | null => {
  const isAlone = prompt.mediaGroupId == null && prompt.text !== "";
  if (isCut(prompt) || (filesOf(prompt) > 0 && !isAlone)) return now + GATHER_WINDOW_MS;
  return filesOf(prompt) > 0 ? now : null;
};

const lastOf = (updates: readonly InboxUpdate[]): number =>
  Math.max(...updates.map(({ updateId }) => updateId));

const toResult = (row: InboxRow, duplicate: boolean): InboxResult => ({
  updateId: row.updateId,
  inboxId: row.id,
  state: row.state as InboxState,
  turnId: row.turnId,
  ...(row.kind === "edit" && row.detail === "edited" && { edited: true }),
  duplicate,
});
