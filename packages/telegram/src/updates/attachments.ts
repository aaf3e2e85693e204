import type { Attachment, AttachmentKind } from "./classified-update.ts";
import { type Fields, integerField, listField, numberField, objectField, textField } from "./fields.ts";

const SINGLE_FILES = ["voice", "audio", "video", "video_note", "sticker"] as const;

/** The files of a message. An animation carries itself as a document once more; that copy is left out. */
export function readAttachments(message: Fields): Attachment[] {
  const found: (Attachment | null)[] = [];
  // Sizes of one picture, smallest first.
  found.push(readFile("photo", listField(message, "photo").at(-1) ?? null));
  const animation = readFile("animation", objectField(message, "animation"));
  found.push(animation ?? readFile("document", objectField(message, "document")));
  for (const kind of SINGLE_FILES) found.push(readFile(kind, objectField(message, kind)));
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
