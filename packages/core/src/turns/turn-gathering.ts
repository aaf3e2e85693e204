import type { Clock, Timer } from "@steward/platform/clock";
import type { Logger } from "@steward/platform/logger";
import type { AttachmentDesk } from "../attachments/attachment-desk.ts";
import type { SettledAttachment } from "../attachments/settled-attachment.ts";
import type { StorageWatch } from "../storage/storage-watch.ts";
import type { TurnJournal } from "./turn-journal.ts";
import type { TurnRecord } from "./turn-record.ts";
import type { TurnRepository } from "./turn-repository.ts";

/** How long a turn waits for the rest of it after each message: clients send the parts of a paste within a second. */
export const GATHER_WINDOW_MS = 1_200;
/** However far away its deadline stands, by a wall clock that was put back since. */
const LONGEST_WINDOW_MS = 10_000;

/**
 * Turns in state `received`: they have their place in the queue, and wait there for messages that belong to them, and for
 * the files of these. What was gathered is durable with each message; a turn whose service died goes on gathering in the
 * next one.
 */
export interface TurnGathering {
  /** A turn in state `received` has come to its queue. */
  open(record: TurnRecord): void;
  /** It waits for the rest of it, and so does what came after it. */
  isGathering(turnId: string): boolean;
  /** Those of a chat that still take a message; `takesWords`: also one that is no further part of an album. */
  in(chatRef: number): { record: TurnRecord; takesWords: boolean }[];
  /** A message was taken in, and committed. */
  extended(turnId: string): void;
  /** All that came with it is settled. */
  attachmentsSettled(turnId: string): void;
  stop(): void;
}

export const createTurnGathering = (deps: {
  turns: Pick<TurnRepository, "find" | "endGathering">;
  journal: Pick<TurnJournal, "next">;
  storage: Pick<StorageWatch, "isDown" | "noteFault">;
  attachments: Pick<AttachmentDesk, "expect" | "isPending" | "take">;
  /** Makes a turn whole of what came with it, or ends it when nothing is left of it; calls `done` when that is written. */
  complete: (record: TurnRecord, settled: readonly SettledAttachment[], done: () => void) => void;
  /** It is whole, and may be taken up like any other. */
  ready: (record: TurnRecord) => void;
  clock: Clock;
  log: Logger;
}): TurnGathering => {
  const { turns, journal, storage, attachments, clock, log } = deps;
  /** Without a timer: its window is over, and it waits for its files alone. */
  const open = new Map<string, { chatRef: number; timer: Timer | null }>();

  const arm = (record: TurnRecord): void => {
    const { id, chatRef, gatherUntil, receivedAt } = record;
    open.get(id)?.timer?.cancel();
    const leftMs = (gatherUntil ?? 0) - clock.now();
    const waitMs = Math.min(Math.max(leftMs, GATHER_WINDOW_MS), LONGEST_WINDOW_MS);
    // Where nothing is to follow it waits for its files alone.
    const timer =
      gatherUntil === receivedAt ? null : clock.setTimer(waitMs, () => close(id), { unref: true });
    open.set(id, { chatRef, timer });
    attachments.expect(record);
    if (timer === null && open.has(id) && !attachments.isPending(id)) close(id);
  };

  /** Only a mark: a turn that cannot be written to is taken up all the same. */
  const markEnded = (turnId: string): void => {
    if (storage.isDown) return;
    try {
      turns.endGathering(turnId);
    } catch (error) {
      storage.noteFault(error);
    }
  };

  const whole = (turnId: string): void => {
    open.delete(turnId);
    const record = journal.next(turnId);
    if (record) deps.ready(record);
  };

  const close = (turnId: string): void => {
    open.get(turnId)?.timer?.cancel();
    try {
      const waiting = journal.next(turnId);
      // From here on it waits for its files, and for what becomes of them to be written.
      if (waiting) open.set(turnId, { chatRef: waiting.chatRef, timer: null });
      if (waiting && attachments.isPending(turnId)) return;
      const settled = attachments.take(turnId);
      if (waiting && settled.length > 0) deps.complete(waiting, settled, () => whole(turnId));
      else {
        markEnded(turnId);
        whole(turnId);
      }
    } catch (error) {
      open.delete(turnId);
      log.error({ err: error, turnId }, "a turn that was gathered could not be taken up");
    }
  };

  return {
    open: arm,
    isGathering: (turnId) => open.has(turnId),
    in: (chatRef) =>
      [...open].flatMap(([turnId, gathering]) => {
        const record = gathering.chatRef === chatRef ? journal.next(turnId) : null;
        if (record?.state !== "received" || record.parked) return [];
        return [{ record, takesWords: gathering.timer !== null }];
      }),
    extended: (turnId) => {
      if (!open.has(turnId)) return;
      const record = turns.find(turnId);
      if (record?.state === "received") arm(record);
      else close(turnId);
    },
    attachmentsSettled: (turnId) => {
      // Its window closes by itself.
      if (open.get(turnId)?.timer === null) close(turnId);
    },
    stop: () => {
      for (const { timer } of open.values()) timer?.cancel();
    },
  };
};
