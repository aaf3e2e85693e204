import type { Attachment, AttachmentKind } from "./classified-update.ts";
import {
  type Fields,
  field,
  integerField,
  listField,
  numberField,
  objectField,
  textField,
} from "./fields.ts";

const SINGLE_FILES = ["voice", "audio", "video", "video_note"] as const;

/**
 * The files of a message. An animation carries itself as a document once more; that copy is left out, and so are stickers
 * that move: nothing but a Telegram client shows them.
 */
export function readAttachments(message: Fields): Attachment[] {
  const found: (Attachment | null)[] = [];
  // Sizes of one picture, smallest first.
  found.push(readFile("photo", listField(message, "photo").at(-1) ?? null));
  const animation = readFile("animation", objectField(message, "animation"));
  found.push(animation ?? readFile("document", objectField(message, "document")));
  for (const kind of SINGLE_FILES) found.push(readFile(kind, objectField(message, kind)));
  const sticker = objectField(message, "sticker");
  const moves = field(sticker, "is_animated") === true || field(sticker, "is_video") === true;
  if (!moves) found.push(readFile("sticker", sticker));
  return found.filter((attachment) => attachment !== null);
}

function readFile(kind: AttachmentKind, file: Fields | null): Attachment | null {
  const fileId = textField(file, "file_id");
  if (fileId === undefined || fileId === "") return null;
  const durationS = numberField(file, "duration");
  const facts = {
    fileUniqueId: textField(file, "file_unique_id"),
    fileName: textField(file, "file_name"),
    mimeType: textField(file, "mime_type"),
    sizeBytes: integerField(file, "file_size"),
    durationMs: durationS === undefined ? undefined : durationS * 1000,
    width: integerField(file, "width"),
    height: integerField(file, "height"),
  };
  const known = Object.entries(facts).filter(([, value]) => value !== undefined);
  return { kind, fileId, ...Object.fromEntries(known) };
}

const EXTENSIONS: Readonly<Record<AttachmentKind, string>> = {
  photo: ".jpg",
  document: "",
  voice: ".ogg",
  audio: ".mp3",
  video: ".mp4",
  video_note: ".mp4",
  animation: ".mp4",
  sticker: ".webp",
};

/** What a file is called: as its sender calls it, else by its kind. Any characters; it is no path. */
export const attachmentName = ({ kind, fileName }: Pick<Attachment, "kind" | "fileName">): string =>
  fileName !== undefined && fileName.trim() !== "" ? fileName : `${kind}${EXTENSIONS[kind]}`;

/**
 * The same for the same file of a message, whichever update tells of it: a reply names the file of the message it
 * answers. Printable ASCII.
 */
export const attachmentKey = (
  messageId: number,
  { fileUniqueId, fileId }: Pick<Attachment, "fileUniqueId" | "fileId">,
): string => `m${messageId}-${(fileUniqueId ?? fileId).replaceAll(/[^\x21-\x7e]/g, "").slice(0, 100)}`;
