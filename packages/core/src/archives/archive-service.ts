import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { basename, dirname, isAbsolute, join } from "node:path";
import type { Archive } from "@steward/contract/archives";
import { DomainError } from "@steward/contract/errors";
import type { ChatAddress } from "@steward/contract/ids";
import { translate } from "@steward/contract/messages";
import type { Clock } from "@steward/platform/clock";
import { failpoint } from "@steward/platform/failpoint";
import type { Ids } from "@steward/platform/ids";
import type { Logger } from "@steward/platform/logger";
import { addressOf, type ChatRecord, type ChatRepository, workspaceOf } from "../chats/chat-repository.ts";
import type { OutboxWords } from "../deliveries/outbox-writer.ts";
import type { PolicyService } from "../policies/policy-service.ts";
import type { Workspaces } from "../sessions/engine.ts";
import type { SessionManager } from "../sessions/session-manager.ts";
import type { ArchiveRoot } from "./archive-entry.ts";
import type { ArchiveRecord, ArchiveRepository } from "./archive-repository.ts";
import type { ChatLocks } from "./chat-locks.ts";
import { packArchive, surveyRoots, syncToDisk } from "./pack-archive.ts";
import { verifyArchive } from "./read-archive.ts";
import { findAside, findTranscripts, transcriptRoots } from "./transcripts.ts";
import { removeTree, unpackArchive } from "./unpack-archive.ts";

/** Packs silent chats away and brings them back. Project directories and worktrees are never touched. */
export interface ArchiveService {
  list(address: ChatAddress | null): Archive[];
  /** Null when there is nothing to pack. Throws chat_busy, or why it could not be packed: then nothing was removed. */
  archive(address: ChatAddress): Promise<Archive | null>;
  /** Brings an archive's content back, also a second time. Throws archive_not_found, archive_damaged. */
  restore(archiveId: string): Promise<Archive>;
  /**
   * Does something with a chat's files: what is packed away comes back first, and nothing is packed away meanwhile.
   * Throws archive_damaged, storage_full.
   */
  withUnpacked<T>(chatRef: number, work: () => Promise<T>): Promise<T>;
  /** Its chat goes on without it; the file stays, and can still be brought back by hand. Throws archive_not_found. */
  forget(archiveId: string): Archive;
  /** The same for what of a chat could not be brought back when it was tried last. */
  forgetFailed(chatRef: number): Archive[];
  /** Removes what an interrupted packing was about to remove; it stands in a committed archive. */
  finishRemovals(): Promise<void>;
  /** Packs every chat that has been silent longer than its policy says. Answers how many. Never throws for one of them. */
  archiveSilent(): Promise<number>;
  /** Deletes archives whose content was brought back, and forgets given up ones without a file, longer ago than this. */
  dropRestored(olderThanMs: number): Promise<number>;
}

const DAY_MS = 86_400_000;
const PRIVATE_DIRECTORY = 0o700;
const WORKSPACE = "workspace";
/** Between the name of what is being removed and the id of the archive that holds it. */
const ASIDE = ".packed-";

export const createArchiveService = (deps: {
  archives: ArchiveRepository;
  chats: ChatRepository;
  sessions: SessionManager;
  policies: Pick<PolicyService, "get">;
  workspaces: Workspaces;
  words: Pick<OutboxWords, "notify">;
  locks: ChatLocks;
  /** Whether a file is on its way into the chat's workspace. */
  isReceiving: (address: ChatAddress) => boolean;
  /** Absolute path of the folder the archives lie in. */
  directory: string;
  transcriptDirectories: readonly string[];
  clock: Clock;
  ids: Ids;
  log: Logger;
}): ArchiveService => {
  const { archives, chats, sessions, clock, ids, locks, log } = deps;

  /** Where an archive lies now. A row of an older version names a place of the time when it was written. */
  const placeOf = ({ path }: Pick<ArchiveRecord, "path">): string => {
    if (!isAbsolute(path)) return join(deps.directory, path);
    const here = join(deps.directory, basename(dirname(path)), basename(path));
    return existsSync(here) ? here : path;
  };

  const describe = (record: ArchiveRecord, chat: ChatRecord): Archive => ({
    id: record.id,
    ...addressOf(chat),
    path: placeOf(record),
    bytes: record.bytes,
    files: record.fileCount,
    createdAt: record.createdAt,
    restoredAt: record.restoredAt,
    failedAt: record.failedAt,
    givenUpAt: record.givenUpAt,
  });

  const require = (archiveId: string): ArchiveRecord => {
    const record = archives.find(archiveId);
    if (!record) throw new DomainError("archive_not_found", "There is no such archive");
    return record;
  };

  const giveUp = (record: ArchiveRecord): Archive => {
    archives.giveUp(record.id, record.chatRef, clock.now());
    log.warn({ archiveId: record.id, chatRef: record.chatRef }, "archive given up");
    return describe(archives.find(record.id) ?? record, chats.byRef(record.chatRef));
  };

  /** Nobody works on its files: no process, no turn to come, no delivery or upload on its way. */
  const assertUnused = (chat: ChatRecord): void => {
    const isUsed =
      sessions.session(chat).live || archives.hasUnfinished(chat.id) || deps.isReceiving(addressOf(chat));
    if (isUsed) throw new DomainError("chat_busy", "Something runs, waits or is on its way in this chat");
  };

  const rootsOf = (chat: ChatRecord): ArchiveRoot[] => {
    const workspace = deps.workspaces.locate(workspaceOf(chat));
    return [
      ...(workspace === null ? [] : [{ name: WORKSPACE, path: workspace }]),
      ...findTranscripts(deps.transcriptDirectories, archives.cliSessionIds(chat.id)),
    ];
  };

  /**
   * Renamed first: it is gone from its place as one step, whatever becomes of the rest. What cannot be removed (another
   * user's, for example) is tried again with the next clean-up; the archive stands.
   */
  const removePacked = async (roots: readonly ArchiveRoot[], archiveId: string): Promise<void> => {
    for (const { path } of roots) {
      const aside = `${path}${ASIDE}${archiveId}`;
      await rename(path, aside);
      failpoint("archive.put_aside");
      await orLogged(aside, removeTree(aside));
    }
  };

  const orLogged = (path: string, removal: Promise<void>): Promise<void> =>
    removal.catch((error: unknown) =>
      log.warn({ err: error, path }, "what is packed away could not be removed"),
    );

  const pack = async (chat: ChatRecord): Promise<ArchiveRecord | null> => {
    const roots = rootsOf(chat);
    const survey = await surveyRoots(roots);
    const id = ids.uuid7();
    const now = clock.now();
    const place = join(chat.botId, `${archiveName(chat, now, id)}.tar.gz`);
    const path = join(deps.directory, place);
    const partial = `${path}.partial`;
    await mkdir(dirname(path), { recursive: true, mode: PRIVATE_DIRECTORY });
    try {
      const packed = await packArchive(partial, roots, () => {
        // Somebody writes: their message waits for nothing that can be done later.
        if (sessions.session(chat).live || deps.isReceiving(addressOf(chat))) assertUnused(chat);
      });
      const fileCount = packed.entries.filter(({ type }) => type !== "directory").length;
      if (fileCount === 0) {
        await rm(partial);
        return null;
      }
      failpoint("archive.packed");
      await verifyArchive(partial, packed);
      const after = await surveyRoots(roots);
      if (after.join("\n") !== survey.join("\n")) {
        throw new DomainError("chat_busy", "The chat's files changed while they were packed");
      }
      await rename(partial, path);
      await syncToDisk(path);
      failpoint("archive.renamed");
      const record = {
        id,
        chatRef: chat.id,
        path: place,
        fileCount,
        bytes: packed.bytes,
        sha256: packed.sha256,
      };
      // Nothing can have happened since it was asked: from here to the commit there is no waiting.
      assertUnused(chat);
      archives.commitPacked({ ...record, createdAt: clock.now() });
    } catch (error) {
      await rm(partial, { force: true });
      if (archives.find(id) === null) await rm(path, { force: true });
      throw error;
    }
    failpoint("archive.committed");
    await removePacked(roots, id);
    return archives.find(id);
  };

  const archiveChat = (chat: ChatRecord): Promise<Archive | null> =>
    locks.run(chat.id, async () => {
      const current = chats.byRef(chat.id);
      if (current.archivedAt !== null) return null;
      const session = sessions.session(current);
      if (session.evictable) await session.end("reset");
      assertUnused(current);
      const record = await pack(current);
      if (record === null) return null;
      log.info({ chatRef: chat.id, bytes: record.bytes, files: record.fileCount }, "chat packed away");
      return describe(record, current);
    });

  const restoreRecord = async (record: ArchiveRecord): Promise<void> => {
    const chat = chats.byRef(record.chatRef);
    const path = placeOf(record);
    const roots = [
      { name: WORKSPACE, path: deps.workspaces.pathOf(workspaceOf(chat)) },
      ...transcriptRoots(deps.transcriptDirectories),
    ];
    try {
      const mark = record.id.replaceAll("-", "").slice(-8);
      await unpackArchive(path, roots, { sha256: record.sha256, mark });
    } catch (error) {
      // The archive is as good as it was: with more room it comes back.
      if (isDiskFull(error)) {
        throw new DomainError("storage_full", translate("en", "error.storage_full"), { cause: error });
      }
      archives.noteFailure(record.id, clock.now());
      throw new DomainError("archive_damaged", `${path} could not be brought back: ${String(error)}`, {
        cause: error,
        params: { path },
      });
    }
    failpoint("restore.unpacked");
    archives.commitRestored(record.id, record.chatRef, clock.now());
    log.info({ chatRef: record.chatRef, archiveId: record.id }, "chat brought back");
  };

  return {
    list: (address) => {
      const chat = address === null ? null : chats.find(address);
      if (address !== null && chat === null) return [];
      return archives.list(chat?.id ?? null).map(({ chat: of, ...record }) => describe(record, of));
    },
    archive: async (address) => {
      const chat = chats.find(address);
      return chat && (await archiveChat(chat));
    },
    restore: async (archiveId) => {
      const record = require(archiveId);
      const chat = chats.byRef(record.chatRef);
      await locks.run(chat.id, async () => {
        // Its process would work on what is being put there.
        const session = sessions.session(chat);
        if (session.evictable) await session.end("reset");
        assertUnused(chat);
        await restoreRecord(record);
      });
      return describe(archives.find(archiveId) ?? record, chat);
    },
    withUnpacked: (chatRef, work) =>
      locks.run(chatRef, async () => {
        if (chats.byRef(chatRef).archivedAt !== null) {
          for (const record of archives.packedOf(chatRef)) await restoreRecord(record);
        }
        return await work();
      }),
    forget: (archiveId) => {
      const record = require(archiveId);
      const isOver = record.restoredAt !== null || record.givenUpAt !== null;
      return isOver ? describe(record, chats.byRef(record.chatRef)) : giveUp(record);
    },
    forgetFailed: (chatRef) =>
      archives
        .packedOf(chatRef)
        .filter(({ failedAt }) => failedAt !== null)
        .map(giveUp),
    finishRemovals: async () => {
      for (const { id, chat } of archives.list(null)) {
        const aside = `${deps.workspaces.pathOf(workspaceOf(chat))}${ASIDE}${id}`;
        await locks.run(chat.id, () => orLogged(aside, removeTree(aside)));
      }
      for (const path of findAside(deps.transcriptDirectories, ASIDE)) {
        const id = path.slice(path.lastIndexOf(ASIDE) + ASIDE.length);
        if (archives.find(id) !== null) await orLogged(path, removeTree(path));
      }
    },
    archiveSilent: async () => {
      let count = 0;
      for (const { chat, lastActiveAt } of archives.unpackedChats()) {
        const days = deps.policies.get("archiveAfterDays", chat);
        if (days === null || clock.now() - lastActiveAt < days * DAY_MS) continue;
        try {
          const archived = await archiveChat(chat);
          if (archived === null) continue;
          count += 1;
          if (archives.hasReader(chat)) {
            deps.words.notify(chat, "notice.archived", { days, files: archived.files });
          }
        } catch (error) {
          const busy = error instanceof DomainError && error.code === "chat_busy";
          if (!busy) log.warn({ err: error, chatRef: chat.id }, "chat could not be packed away");
        }
      }
      return count;
    },
    dropRestored: async (olderThanMs) => {
      const old = archives.restoredBefore(clock.now() - olderThanMs);
      for (const record of old) {
        await rm(placeOf(record), { force: true });
        archives.delete(record.id);
      }
      for (const record of archives.givenUpBefore(clock.now() - olderThanMs)) {
        // While there is a file, it is somebody's only copy.
        if (!existsSync(placeOf(record))) archives.delete(record.id);
      }
      return old.length;
    },
  };
};

const isDiskFull = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT");

/** `<chat>[.t<topic>]-<time>-<end of the id>`: sorted by time, and never the same twice. */
const archiveName = ({ chatId, threadId }: ChatRecord, now: number, id: string): string => {
  const time = new Date(now).toISOString().replace(/[-:]|\.\d+/g, "");
  return `${chatId}${threadId === "" ? "" : `.t${threadId}`}-${time}-${id.slice(-8)}`;
};
