import { createHash } from "node:crypto";
import type { ChatAddress } from "@steward/contract/ids";

/** A file's id follows from its chat and key, so that a repeated upload is known for one. A UUID of version 8 (RFC 9562). */
export function uploadIdOf({ botId, chatId, threadId }: ChatAddress, idempotencyKey: string): string {
  const digest = createHash("sha256")
    .update(JSON.stringify([botId, chatId, threadId, idempotencyKey]))
    .digest()
    .subarray(0, 16);
  digest.writeUInt8((digest.readUInt8(6) & 0x0f) | 0x80, 6);
  digest.writeUInt8((digest.readUInt8(8) & 0x3f) | 0x80, 8);
  return digest.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
