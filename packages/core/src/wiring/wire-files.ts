import type { ChatLocks } from "../archives/chat-locks.ts";
import type { CoreDeps } from "../core-deps.ts";
import { createFileIntake } from "../files/file-intake.ts";
import { DEFAULT_FILE_LIMITS, freeDiskBytes } from "../files/file-limits.ts";
import { createFileRoom } from "../files/file-room.ts";
import { createOutboxCollector } from "../files/outbox-collector.ts";
import { createOutboxSender } from "../files/outbox-sender.ts";
import type { Records } from "./wire-records.ts";

export type FileRooms = ReturnType<typeof wireFiles>;

/** Files on their way in and out. */
export const wireFiles = (deps: CoreDeps, records: Records, locks: ChatLocks, accepting: () => boolean) => {
  const { database, workspaces, clock, ids, log } = deps;
  const { chats, files, outbox: words, policies, turns } = records;
  const limits = { ...DEFAULT_FILE_LIMITS, ...deps.fileLimits };
  const collector = createOutboxCollector({ workspaces, files, limits, clock, ids, log });
  const room = createFileRoom({
    chats,
    files,
    policies,
    minFreeDiskBytes: limits.minFreeDiskBytes,
    freeDiskBytes: deps.freeDiskBytes ?? freeDiskBytes,
  });
  return {
    collector,
    limits,
    room,
    outbox: createOutboxSender({ collector, words, chats, deliversTo: turns.lastDelivers, log }),
    intake: createFileIntake({
      database,
      chats,
      files,
      workspaces,
      room,
      limits,
      clock,
      ids,
      log,
      accepting,
      untilWorkspaceRests: async (address) => {
        const chat = chats.find(address);
        if (chat) await locks.run(chat.id, async () => undefined);
      },
    }),
  };
};
