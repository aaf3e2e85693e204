import { DomainError } from "@steward/contract/errors";
import type { ChatAddress } from "@steward/contract/ids";
import { translate } from "@steward/contract/messages";
import type { ChatRecord, ChatRepository } from "../chats/chat-repository.ts";
import type { PolicyService } from "../policies/policy-service.ts";
import type { FileRepository } from "./file-repository.ts";

/** Room for one upload that is on its way. */
export interface RoomClaim {
  /** Asked before more is written. Throws DomainError file_quota_full, storage_full. */
  grow(bytes: number): void | Promise<void>;
}

/** How much may still be stored: in a chat by its quota, on the disk by the floor that is to stay free. */
export interface FileRoom {
  /** Whether what is announced may come at all, before anything of it is fetched. Throws file_quota_full. */
  assertFits(address: ChatAddress, bytes: number): void;
  /** Counts what is announced from the start. Throws as `grow`. */
  claim(fileId: string, address: ChatAddress, folder: string, announcedBytes: number): RoomClaim;
  release(fileId: string): void;
  /** What is stored, with what has just been stored. Throws file_quota_full. */
  assertWithin(chat: ChatRecord): void;
}

const MIB = 1_048_576;
/** The disk is asked this often while a file grows. */
const DISK_CHECK_BYTES = 8 * MIB;

export const createFileRoom = (deps: {
  chats: ChatRepository;
  files: FileRepository;
  policies: Pick<PolicyService, "get">;
  minFreeDiskBytes: number;
  freeDiskBytes: (path: string) => Promise<number>;
}): FileRoom => {
  const underway = new Map<string, { chat: string; bytes: number }>();

  const quotaBytes = (address: Pick<ChatAddress, "botId">, chat: ChatRecord | null): number =>
    deps.policies.get("fileQuotaMb", { id: chat?.id ?? 0, botId: address.botId }) * MIB;

  const assertQuota = (usedBytes: number, quota: number): void => {
    if (usedBytes <= quota) return;
    const params = { usedMb: Math.ceil(usedBytes / MIB), quotaMb: quota / MIB };
    throw new DomainError("file_quota_full", translate("en", "error.file_quota_full", params), { params });
  };

  return {
    assertFits: (address, bytes) => {
      const chat = deps.chats.find(address);
      assertQuota((chat === null ? 0 : deps.files.bytesOf(chat.id)) + bytes, quotaBytes(address, chat));
    },
    claim: (fileId, address, folder, announcedBytes) => {
      const key = `${address.botId} ${address.chatId} ${address.threadId}`;
      const chat = deps.chats.find(address);
      const quota = quotaBytes(address, chat);
      const own = { chat: key, bytes: announcedBytes };
      underway.set(fileId, own);
      const storedBytes = chat === null ? 0 : deps.files.bytesOf(chat.id);
      let diskCheckedAt = Number.NEGATIVE_INFINITY;

      const assertDisk = async (stillToCome: number): Promise<void> => {
        const free = await deps.freeDiskBytes(folder);
        if (free - stillToCome >= deps.minFreeDiskBytes) return;
        throw new DomainError("storage_full", translate("en", "error.storage_full"));
      };
      return {
        grow: (bytes) => {
          own.bytes = Math.max(bytes, announcedBytes);
          let used = storedBytes;
          // First come, first served: what came later has no say in this one.
          for (const each of underway.values()) {
            if (each.chat === key) used += each.bytes;
            if (each === own) break;
          }
          assertQuota(used, quota);
          if (bytes - diskCheckedAt < DISK_CHECK_BYTES) return;
          diskCheckedAt = bytes;
          return assertDisk(Math.max(announcedBytes - bytes, 0));
        },
      };
    },
    release: (fileId) => {
      underway.delete(fileId);
    },
    assertWithin: (chat) => assertQuota(deps.files.bytesOf(chat.id), quotaBytes(chat, chat)),
  };
};
