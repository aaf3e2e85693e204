import type { FileHandle } from "node:fs/promises";
import { basename } from "node:path";
import { DomainError } from "@steward/contract/errors";
import type { FileRecord, FileSummary } from "@steward/contract/files";
import type { ChatAddress } from "@steward/contract/ids";
import { translate } from "@steward/contract/messages";
import type { Clock } from "@steward/platform/clock";
import { type HeldDirectory, UnsafePathError } from "@steward/platform/held-directory";
import type { AttachmentDesk } from "../attachments/attachment-desk.ts";
import type { ChatRepository } from "../chats/chat-repository.ts";
import type { DeliveryService } from "../deliveries/delivery-service.ts";
import { holdHome, openStored, type StoredFile } from "./file-folders.ts";
import type { FileIntake } from "./file-intake.ts";
import type { LocateFile } from "./file-locator.ts";
import { type FileRepository, type FileRow, toSummary } from "./file-repository.ts";
import { removeEntry } from "./upload-file.ts";

export interface FileService extends Pick<FileIntake, "receive"> {
  /** What came with a message cannot be had. False: no turn waits for it. */
  giveUp: AttachmentDesk["fail"];
  /** Newest first; none for a chat that is not there yet. */
  list(address: ChatAddress, limit: number): FileRecord[];
  /**
   * Opens a file that is still what it was; the caller closes the handle. Throws not_found, file_changed,
   * archive_damaged.
   */
  open(fileId: string): Promise<{ file: FileSummary; handle: FileHandle }>;
  /** Takes it out of the workspace and off the list. Throws not_found, file_place_unsafe, archive_damaged. */
  remove(fileId: string): Promise<void>;
  /** See the endpoint. Answers the delivery. Throws not_found (also in another chat), conflict (nothing is in doubt). */
  resend(fileId: string, address: ChatAddress): string;
}

export const createFileService = (deps: {
  files: FileRepository;
  chats: ChatRepository;
  intake: FileIntake;
  locate: LocateFile;
  /** Does something with a chat's files, which lie in its workspace meanwhile. Throws archive_damaged. */
  withFilesOf: <T>(chatRef: number, work: () => Promise<T>) => Promise<T>;
  deliveries: Pick<DeliveryService, "reopenFile">;
  attachments: Pick<AttachmentDesk, "arrived" | "fail">;
  clock: Clock;
}): FileService => {
  const { files, chats } = deps;

  const require = (fileId: string): FileRow => {
    const row = files.find(fileId);
    if (!row || row.deletedAt !== null) throw new DomainError("not_found", "File not found");
    return row;
  };

  return {
    receive: async (incoming) => {
      const file = await deps.intake.receive(incoming);
      deps.attachments.arrived(file.id);
      return file;
    },
    giveUp: deps.attachments.fail,
    list: (address, limit) => {
      const chat = chats.find(address);
      return chat ? files.ofChat(chat.id, limit).map(files.toRecord) : [];
    },
    open: async (fileId) => {
      const row = require(fileId);
      const stored = deps.locate(row);
      const handle =
        (await openStored(stored)) ?? (await deps.withFilesOf(row.chatRef, () => openStored(stored)));
      if (handle === null) throw new DomainError("file_changed", translate("en", "error.file_changed"));
      return { file: toSummary(row), handle };
    },
    remove: async (fileId) => {
      const row = require(fileId);
      await deps.withFilesOf(row.chatRef, async () => {
        const folder = holdPlainHome(deps.locate(row));
        try {
          // By its name in the held folder: should it be a link by now, the link goes, not what it leads to.
          if (folder !== null) await removeEntry(folder, basename(row.path));
        } finally {
          folder?.close();
        }
        files.markDeleted(fileId, deps.clock.now());
      });
    },
    resend: (fileId, address) => {
      const row = require(fileId);
      if (chats.find(address)?.id !== row.chatRef) throw new DomainError("not_found", "File not found");
      return deps.deliveries.reopenFile(fileId);
    },
  };
};

function holdPlainHome(file: StoredFile): HeldDirectory | null {
  try {
    return holdHome(file);
  } catch (error) {
    if (!(error instanceof UnsafePathError)) throw error;
    throw new DomainError("file_place_unsafe", translate("en", "error.file_place_unsafe"), { cause: error });
  }
}
