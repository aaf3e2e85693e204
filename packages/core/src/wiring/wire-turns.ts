import type { ChatAddress } from "@steward/contract/ids";
import type { ArchiveService } from "../archives/archive-service.ts";
import { type AttachmentDesk, createAttachmentDesk } from "../attachments/attachment-desk.ts";
import { wordMissing } from "../attachments/attachment-words.ts";
import { createAttachmentWriter } from "../attachments/attachment-writer.ts";
import { createChatService } from "../chats/chat-service.ts";
import type { CoreDeps } from "../core-deps.ts";
import { createFileLocator } from "../files/file-locator.ts";
import { createTurnRates } from "../limits/turn-rates.ts";
import { createListen } from "../transcription/listen.ts";
import { createTriage } from "../triage/triage.ts";
import type { TriageDesk } from "../triage/triage-desk.ts";
import { createQueueRoom } from "../turns/queue-room.ts";
import { createQueueService } from "../turns/queue-service.ts";
import { createTurnRecovery } from "../turns/recovery.ts";
import { createRecoveryWatch } from "../turns/recovery-watch.ts";
import { createTurnGathering } from "../turns/turn-gathering.ts";
import { createTurnOfMessage } from "../turns/turn-of-message.ts";
import { createTurnService } from "../turns/turn-service.ts";
import type { TurnQueues } from "../turns/turn-types.ts";
import type { FileRooms } from "./wire-files.ts";
import type { Records } from "./wire-records.ts";
import type { Sessions } from "./wire-sessions.ts";
import type { Workplaces } from "./wire-workplaces.ts";

export type Turns = ReturnType<typeof wireTurns>;

/** Turns from the door to their chat's session, and back to it after a crash. */
export const wireTurns = (
  deps: CoreDeps,
  records: Records,
  { starter }: Workplaces,
  { sessions, holds, side }: Sessions,
  fileRooms: Pick<FileRooms, "room" | "limits">,
  later: { archives: () => Pick<ArchiveService, "forgetFailed">; accepting: () => boolean },
) => {
  const { database, limits, clock, ids, log } = deps;
  const { chats, turns, deliveries, events, journal, storage, policies, files, hub, bootId } = records;

  const queues: TurnQueues = {
    enqueue: (accepted) => {
      if (accepted.state === "received") gathering.open(accepted);
      // It may have become whole meanwhile, or have ended.
      const record = accepted.state === "received" ? journal.next(accepted.id) : accepted;
      if (!record) return;
      if (record.state !== "received") triage.consider(record);
      sessions.byRef(record.chatRef).enqueue(record.id, record.rank);
      recoveryWatch.turnCame();
      holds.queued(record);
    },
    advance: (record) => sessions.known(record.chatRef)?.advance(record.id) ?? null,
    withdraw: (record) => record.parked || sessions.known(record.chatRef)?.withdraw(record.id) === true,
    isInHand: ({ id, chatRef, parked }) => {
      const session = sessions.known(chatRef);
      return parked || session?.waiting.includes(id) === true || session?.runningTurnId === id;
    },
    waitingIn: (chatRef) => sessions.known(chatRef)?.waiting.length ?? 0,
    position: (record) => events.live(record.id)?.position ?? null,
  };
  const stopListening = new AbortController();
  const attachments: AttachmentDesk = createAttachmentDesk({
    updatesOf: records.inbox.updatesOf,
    files,
    room: fileRooms.room,
    maxBytes: fileRooms.limits.maxUploadBytes,
    listen: createListen({
      transcriber: deps.transcriber ?? null,
      locate: createFileLocator({ chats, workspaces: deps.workspaces }),
      signal: stopListening.signal,
      log,
    }),
    journal,
    onSettled: (turnId) => gathering.attachmentsSettled(turnId),
    hub,
    clock,
    log,
  });
  const completeTurn = createAttachmentWriter({ ...records, database, clock });
  const gathering = createTurnGathering({
    turns,
    journal,
    storage,
    attachments,
    complete: (record, settled, done) => {
      const isNothing = settled.every(({ failure }) => failure !== null) && record.prompt.trim() === "";
      if (!isNothing) {
        completeTurn(record, settled, done);
        return;
      }
      queues.withdraw(record);
      journal.settleWaiting(record.id, {
        state: "cancelled",
        text: wordMissing(record.language, settled),
        errorCode: "attachments_missing",
        errorDetail: null,
      });
      done();
    },
    ready: (record) => {
      // One that a command keeps back, or a stop has put aside, comes to its queue later.
      if (record.parked || !queues.isInHand(record)) return;
      triage.consider(record);
      sessions.known(record.chatRef)?.wake();
    },
    clock,
    log,
  });
  const recovery = createTurnRecovery({
    turns,
    events,
    journal,
    queues,
    live: {
      runs: ({ id, chatRef }) => sessions.known(chatRef)?.runningTurnId === id,
      waits: ({ id, chatRef }) => sessions.known(chatRef)?.waiting.includes(id) === true,
    },
    bootId,
    distrust: sessions.distrustAfterRestart,
    log,
  });
  const recoveryWatch = createRecoveryWatch({
    sweep: () => {
      // A result that could not be written yet is in hand; nothing could be put right now either.
      if (storage.isDown) return true;
      recovery.sweep();
      sessions.heal();
      return turns.open().length > 0;
    },
    clock,
    log,
  });
  const chatRefOf = (address: ChatAddress) => chats.find(address)?.id ?? null;
  const ensureChat = (address: ChatAddress) =>
    chats.find(address) ?? database.write(() => chats.ensure(address, "en", clock.now()));
  const rates = createTurnRates({ policies, chatRefOf, clock });
  const room = createQueueRoom({
    limits,
    chatRefOf,
    waitingIn: (chatRef) => queues.waitingIn(chatRef) + turns.countParked(chatRef),
    countWaiting: turns.countWaiting,
  });
  const turnService = createTurnService({
    database,
    keys: records.keys,
    turns,
    deliveries,
    journal,
    events,
    queues,
    hub,
    clock,
    ids,
    room,
    chatRefOf,
    files,
    rates,
    accepting: later.accepting,
  });
  const chatService = createChatService({
    queues,
    chats,
    turns,
    turnService,
    events,
    sessions,
    starter,
    storage,
    clock,
    ensureChat,
    turnOfMessage: createTurnOfMessage(records),
    heldBy: (chat) => holds.gate.heldBy(chat),
    forgetFailedArchives: (chatRef) => later.archives().forgetFailed(chatRef),
  });
  const queue = createQueueService({ ...records, database, turnService, queues });
  const triage: TriageDesk = createTriage({
    side,
    policies,
    turns,
    chats,
    journal,
    sessions,
    status: chatService.status,
    gate: holds.gate,
    expenses: records.expenses,
    clock,
    ids,
    log,
  });
  return {
    ...{ queues, recovery, recoveryWatch, rates, room, gathering, attachments, stopListening },
    ...{ turnService, queue, chatService, triage, ensureChat },
  };
};
