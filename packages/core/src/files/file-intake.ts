import { createHash } from "node:crypto";
import { DomainError } from "@steward/contract/errors";
import type { FileRecord } from "@steward/contract/files";
import type { ChatAddress } from "@steward/contract/ids";
import { translate } from "@steward/contract/messages";
import type { Clock } from "@steward/platform/clock";
import { type HeldDirectory, UnsafePathError } from "@steward/platform/held-directory";
import type { Ids } from "@steward/platform/ids";
import type { Logger } from "@steward/platform/logger";
import type { OpenDatabase } from "@steward/schema/sqlite";
import { type ChatRepository, workspaceOf } from "../chats/chat-repository.ts";
import type { Workspaces } from "../sessions/engine.ts";
import { createSlotPool } from "../sessions/slot-pool.ts";
import { codeOf, FILE_FOLDERS, holdFolder } from "./file-folders.ts";
import type { FileLimits } from "./file-limits.ts";
import type { FileRepository, FileRow } from "./file-repository.ts";
import type { FileRoom } from "./file-room.ts";
import { pacedChunks } from "./paced-chunks.ts";
import { programKind } from "./program-kind.ts";
import { shownFileName } from "./stored-name.ts";
import { nameUpload, partialName, removeEntry, type WrittenUpload, writePartial } from "./upload-file.ts";
import { uploadIdOf } from "./upload-id.ts";

/** A file at the door. */
export interface IncomingFile {
  address: ChatAddress;
  /** As its sender calls it; any characters. */
  name: string;
  /** Unique per file within the chat. */
  idempotencyKey: string;
  /** What the sender says it will be; null when it does not say. */
  announcedBytes: number | null;
  content: AsyncIterable<Uint8Array>;
  /** Aborts when the sender has gone. */
  signal: AbortSignal;
}

export interface FileIntake {
  /**
   * Takes a file in; it and its row are durable when this resolves, and nothing of it is left when it rejects.
   * Throws DomainError: payload_too_large, file_empty, file_is_program, file_quota_full, storage_full,
   * upload_too_slow, upload_incomplete, file_place_unsafe, idempotency_mismatch, conflict, shutting_down.
   */
  receive(file: IncomingFile): Promise<FileRecord>;
  /** Whether this file is being taken in right now. */
  isReceiving(fileId: string): boolean;
  /** Whether any is, in this chat: its workspace must stay where it is. */
  isReceivingIn(address: ChatAddress): boolean;
}

export interface FileIntakeDeps {
  database: OpenDatabase;
  chats: ChatRepository;
  files: FileRepository;
  workspaces: Workspaces;
  room: FileRoom;
  limits: FileLimits;
  clock: Clock;
  ids: Ids;
  log: Logger;
  accepting: () => boolean;
  /** Resolves when nobody packs the chat's workspace away or brings it back. */
  untilWorkspaceRests: (address: ChatAddress) => Promise<void>;
}

export const createFileIntake = (deps: FileIntakeDeps): FileIntake => {
  const { database, chats, files, room, limits, clock } = deps;
  const places = createSlotPool({ max: limits.maxSimultaneous, onFull: () => undefined });
  /** By the file's id: the chat it comes to. */
  const receiving = new Map<string, string>();

  const tooLarge = (): DomainError => {
    const params = { limitMb: Math.floor(limits.maxUploadBytes / 1_048_576) };
    return new DomainError("payload_too_large", translate("en", "error.payload_too_large", params), {
      params,
    });
  };

  /** The same key again: the same content is the same file, anything else a mistake. */
  const repeated = async (known: FileRow, { content }: IncomingFile): Promise<FileRecord> => {
    const hash = createHash("sha256");
    let bytes = 0;
    for await (const chunk of pacedChunks(content, { clock, pace: limits.pace })) {
      bytes += chunk.byteLength;
      if (bytes > limits.maxUploadBytes) throw tooLarge();
      hash.update(chunk);
    }
    if (hash.digest("hex") !== known.sha256) {
      throw new DomainError("idempotency_mismatch", "This Idempotency-Key was used for another file");
    }
    if (known.deletedAt !== null) throw new DomainError("conflict", "This file was deleted since");
    return files.toRecord(known);
  };

  const write = (folder: HeldDirectory, fileId: string, incoming: IncomingFile): Promise<WrittenUpload> => {
    const claim = room.claim(fileId, incoming.address, folder.path, incoming.announcedBytes ?? 0);
    const content = pacedChunks(incoming.content, { clock, pace: limits.pace });
    return writePartial(folder, fileId, content, {
      head: (bytes) => assertNoProgram(bytes, incoming.name),
      progress: (bytes) => {
        if (bytes > limits.maxUploadBytes) throw tooLarge();
        return claim.grow(bytes);
      },
    });
  };

  const commit = (
    fileId: string,
    name: string,
    incoming: IncomingFile,
    upload: WrittenUpload,
  ): FileRecord => {
    const now = clock.now();
    database.write((tx) => {
      const chat = chats.find(incoming.address) ?? chats.ensure(incoming.address, "en", now);
      files.insert(tx, {
        id: fileId,
        chatRef: chat.id,
        direction: "in",
        path: [...FILE_FOLDERS.in, name].join("/"),
        originalName: incoming.name.slice(0, 1_000),
        ...upload,
        turnId: null,
        createdAt: now,
      });
      room.assertWithin(chat);
    });
    const row = files.find(fileId);
    if (!row) throw new Error(`file ${fileId} was not kept`);
    return files.toRecord(row);
  };

  const take = async (fileId: string, incoming: IncomingFile): Promise<FileRecord> => {
    const chat = chats.find(incoming.address);
    const workspace = deps.workspaces.ensure(chat === null ? incoming.address : workspaceOf(chat));
    const folder = holdFolder(workspace, FILE_FOLDERS.in, { create: true });
    if (folder === null) throw new Error(`${workspace} went away`);
    let name: string | null = null;
    try {
      // What an earlier attempt could not take away.
      await removeEntry(folder, partialName(fileId));
      const upload = await write(folder, fileId, incoming);
      if (upload.bytes === 0) throw new DomainError("file_empty", translate("en", "error.file_empty"));
      const distinction = () => deps.ids.uuid4().slice(0, 8);
      name = await nameUpload(folder, fileId, incoming.name, { now: clock.now(), distinction });
      const record = commit(fileId, name, incoming, upload);
      deps.log.info({ fileId, bytes: upload.bytes, mediaType: upload.mediaType }, "file received");
      return record;
    } catch (error) {
      if (name !== null) await removeEntry(folder, name);
      throw error;
    } finally {
      room.release(fileId);
      // Should this fail, the next start does it.
      await removeEntry(folder, partialName(fileId)).catch((error: unknown) =>
        deps.log.warn({ err: error, fileId }, "a partial file could not be removed"),
      );
      folder.close();
    }
  };

  return {
    isReceiving: (fileId) => receiving.has(fileId),
    isReceivingIn: (address) => [...receiving.values()].includes(keyOf(address)),
    receive: async (incoming) => {
      if (!deps.accepting())
        throw new DomainError("shutting_down", "Steward is stopping; send this again in a moment");
      if ((incoming.announcedBytes ?? 0) > limits.maxUploadBytes) throw tooLarge();
      if (incoming.announcedBytes === 0)
        throw new DomainError("file_empty", translate("en", "error.file_empty"));
      assertNoProgram(new Uint8Array(), incoming.name);
      const fileId = uploadIdOf(incoming.address, incoming.idempotencyKey);
      const known = files.find(fileId);
      if (known) return await repeated(known, incoming);
      if (receiving.has(fileId))
        throw new DomainError("conflict", "A file with this Idempotency-Key is being uploaded right now");
      // From here on nobody begins to pack the workspace away; who has begun is waited for.
      receiving.set(fileId, keyOf(incoming.address));
      try {
        await deps.untilWorkspaceRests(incoming.address);
        const place = await places.acquire(incoming.signal);
        try {
          return await take(fileId, incoming);
        } finally {
          place.release();
        }
      } catch (error) {
        throw asRefusal(error, incoming.signal);
      } finally {
        receiving.delete(fileId);
      }
    },
  };
};

const keyOf = ({ botId, chatId, threadId }: ChatAddress): string => JSON.stringify([botId, chatId, threadId]);

function assertNoProgram(head: Uint8Array, name: string): void {
  const kind = programKind(head, shownFileName(name));
  if (kind === null) return;
  throw new DomainError("file_is_program", translate("en", "error.file_is_program", { kind }), {
    params: { kind },
  });
}

function asRefusal(error: unknown, signal: AbortSignal): unknown {
  if (error instanceof DomainError) return error;
  const options = { cause: error };
  if (error instanceof UnsafePathError)
    return new DomainError("file_place_unsafe", translate("en", "error.file_place_unsafe"), options);
  if (["ENOSPC", "EDQUOT", "EROFS"].includes(codeOf(error)))
    return new DomainError("storage_full", translate("en", "error.storage_full"), options);
  if (signal.aborted)
    return new DomainError("upload_incomplete", translate("en", "error.upload_incomplete"), options);
  return error;
}
