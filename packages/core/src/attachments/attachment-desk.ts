import type { IncomingAttachment, WantedAttachment } from "@steward/contract/attachments";
import { DomainError } from "@steward/contract/errors";
import type { InboxUpdate } from "@steward/contract/inbox";
import type { Clock, Timer } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import { addressOf } from "../chats/chat-repository.ts";
import type { EventHub } from "../events/event-hub.ts";
import type { FileRepository, FileRow } from "../files/file-repository.ts";
import type { FileRoom } from "../files/file-room.ts";
import { uploadIdOf } from "../files/upload-id.ts";
import type { TurnJournal } from "../turns/turn-journal.ts";
import type { TurnRecord } from "../turns/turn-record.ts";
import type { AttachmentFailure, Hearing, SettledAttachment } from "./settled-attachment.ts";

/** A turn waits no longer than this for what came with its last message, whatever became of its front end. */
export const LONGEST_WAIT_MS = 15 * 60_000;

/** What turns in state `received` still wait for. Nothing of it is durable but the messages: a new start begins anew. */
export interface AttachmentDesk {
  /** Asks for what came with a turn's messages; again after each further one. */
  expect(record: TurnRecord): void;
  /** Something is still on its way, or being listened to. */
  isPending(turnId: string): boolean;
  /** What became of a turn's files; the turn is not known here any more. Empty: none came with it. */
  take(turnId: string): SettledAttachment[];
  /** What a bot's front end is to fetch. */
  wanted(botId: string): WantedAttachment[];
  /** A file has come into a chat. */
  arrived(fileId: string): void;
  /** It cannot be had. False: no turn waits for it. */
  fail(attachmentId: string, failure: AttachmentFailure): boolean;
  stop(): void;
}

interface Item {
  id: string;
  attachment: IncomingAttachment;
  state: "wanted" | "listening" | "settled";
  failure: AttachmentFailure | null;
  hearing: Hearing | null;
}
interface Waiting {
  record: TurnRecord;
  items: Map<string, Item>;
  timer: Timer;
}

export const createAttachmentDesk = (deps: {
  /** What a turn was made of, in order. */
  updatesOf: (turnId: string, since: number) => InboxUpdate[];
  files: Pick<FileRepository, "find">;
  room: Pick<FileRoom, "assertFits">;
  maxBytes: number;
  /** What a voice message says; null: it is none. Never rejects. */
  listen: (file: FileRow, attachment: IncomingAttachment) => Promise<Hearing> | null;
  journal: Pick<TurnJournal, "next">;
  /** Everything that came with a turn is settled. */
  onSettled: (turnId: string) => void;
  hub: EventHub;
  clock: Clock;
  log: Logger;
}): AttachmentDesk => {
  const { files, journal, hub, clock, log } = deps;
  const turns = new Map<string, Waiting>();

  const isPending = (turnId: string): boolean =>
    [...(turns.get(turnId)?.items.values() ?? [])].some(({ state }) => state !== "settled");

  const settle = (turnId: string, item: Item, outcome: Pick<Item, "failure" | "hearing">): void => {
    if (item.state === "settled") return;
    Object.assign(item, outcome, { state: "settled" });
    if (outcome.failure) {
      const { id: attachmentId, attachment, failure } = { ...item, failure: outcome.failure };
      log.warn({ turnId, attachmentId, kind: attachment.kind, code: failure.code }, "a file did not come");
    }
    if (turns.has(turnId) && !isPending(turnId)) deps.onSettled(turnId);
  };

  const here = (turnId: string, item: Item, file: FileRow): void => {
    const hearing = deps.listen(file, item.attachment);
    if (hearing === null) {
      settle(turnId, item, { failure: null, hearing: null });
      return;
    }
    item.state = "listening";
    void hearing.then((heard) => settle(turnId, item, { failure: null, hearing: heard }));
  };

  /** Why it need not even be fetched. */
  const refusal = (record: TurnRecord, { bytes }: IncomingAttachment): AttachmentFailure | null => {
    if (bytes === null) return null;
    if (bytes > deps.maxBytes) {
      return { code: "payload_too_large", params: { limitMb: Math.floor(deps.maxBytes / 1_048_576) } };
    }
    try {
      deps.room.assertFits(addressOf(record), bytes);
      return null;
    } catch (error) {
      if (error instanceof DomainError) return { code: error.code, params: error.params };
      throw error;
    }
  };

  const begin = (record: TurnRecord, item: Item): void => {
    const file = files.find(item.id);
    if (file && file.deletedAt === null) {
      here(record.id, item, file);
      return;
    }
    const failure = refusal(record, item.attachment);
    if (failure) settle(record.id, item, { failure, hearing: null });
    else hub.publish("attachment_wanted", { botId: record.botId, attachment: toWanted(record, item) });
  };

  const giveUp = (turnId: string): void => {
    const params = { minutes: LONGEST_WAIT_MS / 60_000 };
    for (const item of turns.get(turnId)?.items.values() ?? []) {
      const failure = item.state === "wanted" ? { code: "attachment_late" as const, params } : null;
      settle(turnId, item, { failure, hearing: item.state === "listening" ? { unheard: "failed" } : null });
    }
  };

  const forget = (turnId: string): Waiting | undefined => {
    const waiting = turns.get(turnId);
    waiting?.timer.cancel();
    turns.delete(turnId);
    return waiting;
  };
  const detach = hub.subscribe("turn_settled", ({ turnId }) => {
    if (forget(turnId)) deps.onSettled(turnId);
  });

  return {
    isPending,
    expect: (record) => {
      const known = turns.get(record.id)?.items ?? new Map<string, Item>();
      const fresh = deps
        .updatesOf(record.id, record.receivedAt)
        .flatMap(({ attachments }) => attachments ?? [])
        .map((attachment): Item => {
          const id = uploadIdOf(addressOf(record), attachment.key);
          return { id, attachment, state: "wanted", failure: null, hearing: null };
        })
        .filter(({ id }) => !known.has(id));
      if (fresh.length === 0) return;
      turns.get(record.id)?.timer.cancel();
      const timer = clock.setTimer(LONGEST_WAIT_MS, () => giveUp(record.id), { unref: true });
      const items = new Map([...known, ...fresh.map((item) => [item.id, item] as const)]);
      turns.set(record.id, { record, items, timer });
      for (const item of items.values()) if (fresh.includes(item)) begin(record, item);
    },
    take: (turnId) =>
      [...(forget(turnId)?.items.values() ?? [])].map(({ id, attachment, failure, hearing }) => ({
        ...{ id, attachment, failure, hearing },
      })),
    wanted: (botId) =>
      [...turns.values()].flatMap(({ record, items }) =>
        record.botId === botId && journal.next(record.id) !== null
          ? [...items.values()]
              .filter(({ state }) => state === "wanted")
              .map((item) => toWanted(record, item))
          : [],
      ),
    arrived: (fileId) => {
      const file = files.find(fileId);
      for (const [turnId, { items }] of turns) {
        const item = items.get(fileId);
        if (file && item?.state === "wanted") here(turnId, item, file);
      }
    },
    fail: (attachmentId, failure) => {
      const waiting = [...turns].filter(([, { items }]) => items.get(attachmentId)?.state === "wanted");
      for (const [turnId, { items }] of waiting) {
        const item = items.get(attachmentId);
        if (item) settle(turnId, item, { failure, hearing: null });
      }
      return waiting.length > 0;
    },
    stop: () => {
      detach();
      for (const turnId of [...turns.keys()]) forget(turnId);
    },
  };
};

const toWanted = (record: TurnRecord, { id, attachment }: Item): WantedAttachment => ({
  ...attachment,
  attachmentId: id,
  ...addressOf(record),
});
