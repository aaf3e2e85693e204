import type { Delivery } from "@steward/contract/deliveries";
import type { FileSummary } from "@steward/contract/files";
import type { SentFileKind } from "../outbound/messenger.ts";

/** What Telegram shows in the chat itself, and how large a photo may be (facts: photos ≤ 10 MB). */
const PHOTO_TYPES: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/webp"]);
const VIDEO_TYPES: ReadonlySet<string> = new Set(["video/mp4"]);
const MAX_PHOTO_BYTES = 10 * 1_048_576;

const MOST_ITEMS = 10;
/** All of an album is one request, and that has a limit of 50 MB with all that is around the files. */
const MAX_ALBUM_BYTES = 48 * 1_048_576;

export const sentKindOf = ({ mediaType, bytes }: FileSummary): SentFileKind => {
  if (VIDEO_TYPES.has(mediaType)) return "video";
  return PHOTO_TYPES.has(mediaType) && bytes <= MAX_PHOTO_BYTES ? "photo" : "document";
};

/** Photos and videos come together, documents among themselves. */
const albumKindOf = (file: FileSummary): "shown" | "document" =>
  sentKindOf(file) === "document" ? "document" : "shown";

/**
 * Which of the deliveries that come next go out in one album with this one: files that the same answer sends, as far as
 * nothing else stands between them.
 *
 * @param next in the order in which they would be delivered
 */
export function albumWith(first: Delivery, next: readonly Delivery[], now: number): Delivery[] {
  const { file } = first;
  if (file === null || first.kind !== "file" || first.state !== "pending") return [];
  const album: Delivery[] = [];
  let bytes = file.bytes;
  for (const each of next) {
    bytes += each.file?.bytes ?? 0;
    const belongs =
      each.kind === "file" &&
      each.file !== null &&
      each.state === "pending" &&
      each.nextAt <= now &&
      // Written in one transaction.
      each.createdAt === first.createdAt &&
      each.replyToMessageId === first.replyToMessageId &&
      albumKindOf(each.file) === albumKindOf(file);
    if (!belongs || bytes > MAX_ALBUM_BYTES || album.length + 1 >= MOST_ITEMS) break;
    album.push(each);
  }
  return album;
}
